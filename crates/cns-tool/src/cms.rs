//! A detached signature in CMS: signed-data of RFC 5652 with the signed attributes that CAdES wants (ETSI EN 319 122-1,
//! baseline B: content type, message digest, signing time, signing certificate).
//!
//! What this room is for: the bytes to sign, and the finished message around the signature. It signs nothing itself.

use std::time::SystemTime;

use cms::cert::{CertificateChoices, IssuerAndSerialNumber};
use cms::content_info::{CmsVersion, ContentInfo};
use cms::signed_data::{
    CertificateSet, EncapsulatedContentInfo, SignedAttributes, SignedData, SignerIdentifier, SignerInfo,
    SignerInfos,
};
use sha2::{Digest, Sha256};
use x509_cert::Certificate;
use x509_cert::attr::Attribute;
use x509_cert::der::asn1::{Any, GeneralizedTime, ObjectIdentifier, OctetString, SetOfVec, UtcTime};
use x509_cert::der::{DateTime, Decode, Encode, Error};
use x509_cert::spki::AlgorithmIdentifierOwned;

const DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.1");
const SIGNED_DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.2");
const CONTENT_TYPE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.3");
const MESSAGE_DIGEST: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.4");
const SIGNING_TIME: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.5");
const SIGNING_CERTIFICATE_V2: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.2.47");
const SHA256: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.1");
const SHA256_WITH_RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.11");

/// The last year that UTCTime can tell.
const LAST_UTC_YEAR: u16 = 2049;

/// A message that lacks its signature only.
pub(crate) struct Unsigned {
    certificate: Certificate,
    attributes: SignedAttributes,
}

impl Unsigned {
    /// For content of this SHA-256 digest, signed at a time by the holder of a certificate (DER).
    pub(crate) fn new(content_digest: &[u8], certificate: &[u8], now: SystemTime) -> Result<Self, Error> {
        let attributes = SetOfVec::try_from(vec![
            attribute(CONTENT_TYPE, Any::encode_from(&DATA)?)?,
            attribute(MESSAGE_DIGEST, Any::encode_from(&OctetString::new(content_digest)?)?)?,
            attribute(SIGNING_TIME, signing_time(now)?)?,
            attribute(SIGNING_CERTIFICATE_V2, signing_certificate(certificate)?)?,
        ])?;
        Ok(Self { certificate: Certificate::from_der(certificate)?, attributes })
    }

    /// The bytes to sign with PKCS#1 v1.5 and SHA-256: the attributes as a SET (RFC 5652, 5.4).
    pub(crate) fn to_sign(&self) -> Result<Vec<u8>, Error> {
        self.attributes.to_der()
    }

    /// The whole message, DER.
    pub(crate) fn with_signature(self, signature: &[u8]) -> Result<Vec<u8>, Error> {
        let tbs = &self.certificate.tbs_certificate;
        let issuer_and_serial =
            IssuerAndSerialNumber { issuer: tbs.issuer.clone(), serial_number: tbs.serial_number.clone() };
        let sha256 = AlgorithmIdentifierOwned { oid: SHA256, parameters: None };
        let signer = SignerInfo {
            version: CmsVersion::V1,
            sid: SignerIdentifier::IssuerAndSerialNumber(issuer_and_serial),
            digest_alg: sha256.clone(),
            signed_attrs: Some(self.attributes),
            signature_algorithm: AlgorithmIdentifierOwned {
                oid: SHA256_WITH_RSA,
                parameters: Some(Any::null()),
            },
            signature: OctetString::new(signature)?,
            unsigned_attrs: None,
        };
        let message = SignedData {
            version: CmsVersion::V1,
            digest_algorithms: SetOfVec::try_from(vec![sha256])?,
            encap_content_info: EncapsulatedContentInfo { econtent_type: DATA, econtent: None },
            certificates: Some(CertificateSet(SetOfVec::try_from(vec![CertificateChoices::Certificate(
                self.certificate,
            )])?)),
            crls: None,
            signer_infos: SignerInfos(SetOfVec::try_from(vec![signer])?),
        };
        ContentInfo { content_type: SIGNED_DATA, content: Any::encode_from(&message)? }.to_der()
    }
}

fn attribute(oid: ObjectIdentifier, value: Any) -> Result<Attribute, Error> {
    Ok(Attribute { oid, values: SetOfVec::try_from(vec![value])? })
}

/// UTCTime up to 2049, GeneralizedTime from then on (RFC 5652, 11.3).
fn signing_time(now: SystemTime) -> Result<Any, Error> {
    let now = DateTime::from_system_time(now)?;
    if now.year() <= LAST_UTC_YEAR {
        Any::encode_from(&UtcTime::from_date_time(now)?)
    } else {
        Any::encode_from(&GeneralizedTime::from_date_time(now))
    }
}

/// SigningCertificateV2 with the SHA-256 of the certificate, its default algorithm, and nothing optional (RFC 5035, 3).
fn signing_certificate(certificate: &[u8]) -> Result<Any, Error> {
    let hash = Sha256::digest(certificate);
    let mut der = vec![0x30, 0x26, 0x30, 0x24, 0x30, 0x22, 0x04, 0x20];
    der.extend_from_slice(&hash);
    Any::from_der(&der)
}
