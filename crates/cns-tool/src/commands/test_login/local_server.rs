//! A TLS server inside this process, on 127.0.0.1, that accepts one client certificate.
//!
//! It checks the signature of CertificateVerify with the certificate's public key, without the module, and serves only
//! the one connection that this process opens itself.

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};

use cns_token::certificate::with_x509;
use rustls::client::danger::HandshakeSignatureValid;
use rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer, UnixTime};
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::version::{TLS12, TLS13};
use rustls::{
    DigitallySignedStruct, DistinguishedName, Error, ServerConfig, ServerConnection, SignatureScheme,
    StreamOwned, SupportedProtocolVersion,
};

use super::https::TlsVersion;
use super::https_error::{HttpsError, PATIENCE};
use crate::card::public_key::PublicKey;

/// The response to a client that was accepted.
const PAGE: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";

/// The server, before its one connection.
pub(super) struct LocalServer {
    listener: TcpListener,
    config: Arc<ServerConfig>,
    verifier: Arc<ClientVerifier>,
    pub(super) certificate: CertificateDer<'static>,
}

impl LocalServer {
    /// Opens it for one version of TLS and the holder of a certificate.
    pub(super) fn open(tls: TlsVersion, holder: &[u8]) -> Result<Self, HttpsError> {
        let verifier = Arc::new(ClientVerifier::new(schemes(tls).to_vec(), holder)?);
        let (config, certificate) = server_config(&[version(tls)], Arc::clone(&verifier))?;
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        Ok(Self { listener, config, verifier, certificate })
    }

    /// A connection to it, as its two ends: the visitor's, with the address of the site, and the site's.
    pub(super) fn connect(&self) -> Result<(SocketAddrV4, TcpStream, TcpStream), HttpsError> {
        let SocketAddr::V4(address) = self.listener.local_addr()? else {
            return Err(io::Error::from(io::ErrorKind::AddrNotAvailable).into());
        };
        let visitor = TcpStream::connect_timeout(&address.into(), PATIENCE)?;
        let (site, from) = self.listener.accept()?;
        if from != visitor.local_addr()? {
            // Another program came first; it gets nothing.
            return Err(io::Error::from(io::ErrorKind::ConnectionRefused).into());
        }
        for end in [&visitor, &site] {
            end.set_read_timeout(Some(PATIENCE))?;
            end.set_write_timeout(Some(PATIENCE))?;
        }
        Ok((address, visitor, site))
    }

    /// Serves a page over the site's end of the connection. A client with another certificate gets a TLS alert.
    pub(super) fn serve(&self, end: TcpStream) -> Result<(), HttpsError> {
        let connection = ServerConnection::new(Arc::clone(&self.config)).map_err(HttpsError::Tls)?;
        let mut stream = StreamOwned::new(connection, end);
        let mut request = [0; 4096];
        let _length = stream.read(&mut request)?;
        stream.write_all(PAGE)?;
        stream.conn.send_close_notify();
        stream.flush()?;
        Ok(())
    }

    /// The signature scheme of the accepted client; `None` when none was accepted.
    pub(super) fn signed_with(&self) -> Option<SignatureScheme> {
        *self.verifier.signed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The server of `cns practice`: both versions of TLS, for the holder of a certificate or no certificate at all.
#[cfg(target_os = "linux")]
pub(crate) fn practice_server(holder: &[u8]) -> Result<Arc<ServerConfig>, HttpsError> {
    let schemes = [schemes(TlsVersion::V13), schemes(TlsVersion::V12)].concat();
    let verifier = ClientVerifier { mandatory: false, ..ClientVerifier::new(schemes, holder)? };
    let versions = [TlsVersion::V13, TlsVersion::V12].map(version);
    Ok(server_config(&versions, Arc::new(verifier))?.0)
}

/// A server with a certificate of its own, made for it.
fn server_config(
    versions: &[&'static SupportedProtocolVersion],
    verifier: Arc<ClientVerifier>,
) -> Result<(Arc<ServerConfig>, CertificateDer<'static>), HttpsError> {
    let key = rcgen::KeyPair::generate().map_err(general)?;
    let names = [Ipv4Addr::LOCALHOST.to_string(), "localhost".to_owned()];
    let parameters = rcgen::CertificateParams::new(names).map_err(general)?;
    let certificate = parameters.self_signed(&key).map_err(general)?.der().clone();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(versions)
        .map_err(HttpsError::Tls)?
        .with_client_cert_verifier(verifier)
        .with_single_cert(vec![certificate.clone()], PrivatePkcs8KeyDer::from(key.serialize_der()).into())
        .map_err(HttpsError::Tls)?;
    Ok((Arc::new(config), certificate))
}

fn version(tls: TlsVersion) -> &'static SupportedProtocolVersion {
    match tls {
        TlsVersion::V12 => &TLS12,
        TlsVersion::V13 => &TLS13,
    }
}

/// TLS 1.3 signs with RSA-PSS (RFC 8446, 4.2.3). With TLS 1.2 PKCS#1 v1.5 is asked for: many portals take nothing else.
fn schemes(tls: TlsVersion) -> [SignatureScheme; 3] {
    match tls {
        TlsVersion::V12 => [
            SignatureScheme::RSA_PKCS1_SHA256,
            SignatureScheme::RSA_PKCS1_SHA384,
            SignatureScheme::RSA_PKCS1_SHA512,
        ],
        TlsVersion::V13 => [
            SignatureScheme::RSA_PSS_SHA256,
            SignatureScheme::RSA_PSS_SHA384,
            SignatureScheme::RSA_PSS_SHA512,
        ],
    }
}

fn general(error: rcgen::Error) -> HttpsError {
    HttpsError::Tls(Error::Other(rustls::OtherError(Arc::new(error))))
}

/// Accepts one certificate, with a signature of its key.
#[derive(Debug)]
struct ClientVerifier {
    certificate: Vec<u8>,
    key: PublicKey,
    schemes: Vec<SignatureScheme>,
    /// The issuer's name, so that a browser offers no other certificates.
    issuer: [DistinguishedName; 1],
    /// Whether a client must have a certificate.
    mandatory: bool,
    signed: Mutex<Option<SignatureScheme>>,
}

impl ClientVerifier {
    fn new(schemes: Vec<SignatureScheme>, holder: &[u8]) -> Result<Self, HttpsError> {
        let no_key = || HttpsError::Tls(Error::InvalidCertificate(rustls::CertificateError::BadEncoding));
        let key = PublicKey::of(holder).ok_or_else(no_key)?;
        let issuer = with_x509(holder, |parsed| DistinguishedName::from(parsed.issuer().as_raw().to_vec()));
        let issuer = [issuer.ok_or_else(no_key)?];
        Ok(Self {
            certificate: holder.to_vec(),
            key,
            schemes,
            issuer,
            mandatory: true,
            signed: Mutex::new(None),
        })
    }

    fn check(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let bad = || Error::InvalidCertificate(rustls::CertificateError::BadSignature);
        if certificate.as_ref() != self.certificate || !self.schemes.contains(&signed.scheme) {
            return Err(bad());
        }
        if !self.key.fits(signed.scheme, message, signed.signature()) {
            return Err(bad());
        }
        *self.signed.lock().unwrap_or_else(PoisonError::into_inner) = Some(signed.scheme);
        Ok(HandshakeSignatureValid::assertion())
    }
}

impl ClientCertVerifier for ClientVerifier {
    fn client_auth_mandatory(&self) -> bool {
        self.mandatory
    }

    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &self.issuer
    }

    /// Only this very certificate: what a real site thinks of its issuer and its dates is not asked here.
    fn verify_client_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _now: UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        match end_entity.as_ref() == self.certificate {
            true => Ok(ClientCertVerified::assertion()),
            false => Err(Error::InvalidCertificate(rustls::CertificateError::UnknownIssuer)),
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.check(message, certificate, signed)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.check(message, certificate, signed)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.schemes.clone()
    }
}

#[cfg(test)]
mod tests {
    use rustls::client::ResolvesClientCert;
    use rustls::sign::{CertifiedKey, Signer, SigningKey};

    use super::super::https::{Endpoint, get};
    use super::*;

    /// Has the card's certificate and not its key; or nothing at all.
    #[derive(Debug, Clone)]
    struct ForgingSigner {
        certificate: Option<Vec<u8>>,
        scheme: SignatureScheme,
        length: usize,
    }

    impl ResolvesClientCert for ForgingSigner {
        fn resolve(&self, _hints: &[&[u8]], _offered: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
            let chain = vec![CertificateDer::from(self.certificate.clone()?)];
            Some(Arc::new(CertifiedKey::new(chain, Arc::new(self.clone()))))
        }

        fn has_certs(&self) -> bool {
            true
        }
    }

    impl SigningKey for ForgingSigner {
        fn choose_scheme(&self, offered: &[SignatureScheme]) -> Option<Box<dyn Signer>> {
            offered.contains(&self.scheme).then(|| Box::new(self.clone()) as Box<dyn Signer>)
        }

        fn algorithm(&self) -> rustls::SignatureAlgorithm {
            rustls::SignatureAlgorithm::RSA
        }
    }

    impl Signer for ForgingSigner {
        fn sign(&self, _message: &[u8]) -> Result<Vec<u8>, Error> {
            Ok(vec![0x5A; self.length])
        }

        fn scheme(&self) -> SignatureScheme {
            self.scheme
        }
    }

    fn certificate(personality: &str) -> Vec<u8> {
        let personality = virtual_cns::Personality::by_name(personality).expect("a personality");
        virtual_cns::Card::new(&personality).certificate_der().to_vec()
    }

    /// Whether the site for the holder of one certificate gives this visitor its page.
    fn lets_in(tls: TlsVersion, holder: &[u8], visitor: ForgingSigner) -> bool {
        let site = LocalServer::open(tls, holder).expect("a site");
        let (address, ours, theirs) = site.connect().expect("a connection");
        let trusted = vec![site.certificate.clone()];
        let (answer, served) = std::thread::scope(|scope| {
            let serving = scope.spawn(|| site.serve(theirs));
            let answer = get(|| Ok(ours), &Endpoint::at(address), trusted, Some(tls), Arc::new(visitor));
            (answer, serving.join().expect("no panic"))
        });
        assert_eq!(served.is_ok(), site.signed_with().is_some());
        assert_eq!(answer.is_ok(), served.is_ok());
        answer.is_ok()
    }

    #[test]
    fn a_client_without_the_key_is_refused() {
        let holder = certificate("st2021");
        let forging_signer = |certificate, scheme| ForgingSigner { certificate, scheme, length: 256 };
        for (tls, scheme) in [
            (TlsVersion::V13, SignatureScheme::RSA_PSS_SHA256),
            (TlsVersion::V13, SignatureScheme::RSA_PSS_SHA512),
            (TlsVersion::V12, SignatureScheme::RSA_PKCS1_SHA256),
            (TlsVersion::V12, SignatureScheme::RSA_PKCS1_SHA512),
        ] {
            assert!(
                !lets_in(tls, &holder, forging_signer(Some(holder.clone()), scheme)),
                "{tls:?}, a forged signature"
            );
            assert!(
                !lets_in(tls, &holder, forging_signer(Some(certificate("idemia2021")), scheme)),
                "another card"
            );
            assert!(!lets_in(tls, &holder, forging_signer(None, scheme)), "no certificate");
        }
    }

    #[test]
    fn what_is_no_certificate_opens_no_site() {
        assert!(LocalServer::open(TlsVersion::V13, b"").is_err());
        assert!(LocalServer::open(TlsVersion::V13, &[0x30, 0x03, 0x02, 0x01, 0x00]).is_err());
    }
}
