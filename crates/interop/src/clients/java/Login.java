import java.io.FileInputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.Security;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManagerFactory;

/** Opens the card as a key store, signs, and logs in: Login CONFIGURATION ALGORITHM PROTOCOL URL SERVER-CA. */
public class Login {
    public static void main(String[] arguments) throws Exception {
        Provider card = Security.getProvider("SunPKCS11").configure(arguments[0]);
        Security.addProvider(card);
        KeyStore store = KeyStore.getInstance("PKCS11", card);
        store.load(null, System.getenv("CNS_PIN").toCharArray());
        String alias = store.aliases().nextElement();
        PrivateKey key = (PrivateKey) store.getKey(alias, null);
        X509Certificate certificate = (X509Certificate) store.getCertificate(alias);
        System.out.println("alias " + alias);
        sign(arguments[1], card, key, certificate);

        KeyManagerFactory keys = KeyManagerFactory.getInstance("SunX509");
        keys.init(store, null);
        KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
        trusted.load(null, null);
        try (FileInputStream file = new FileInputStream(arguments[4])) {
            trusted.setCertificateEntry("portal", CertificateFactory.getInstance("X.509").generateCertificate(file));
        }
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
        SSLParameters parameters = new SSLParameters();
        parameters.setProtocols(new String[] {arguments[2]});
        HttpClient client = HttpClient.newBuilder().sslContext(context).sslParameters(parameters)
                .version(HttpClient.Version.HTTP_1_1).build();
        HttpRequest request = HttpRequest.newBuilder(URI.create(arguments[3])).build();
        System.out.println(client.send(request, HttpResponse.BodyHandlers.ofString()).body());
        System.exit(0);
    }

    private static void sign(String algorithm, Provider card, PrivateKey key, X509Certificate certificate)
            throws Exception {
        PSSParameterSpec parameters = algorithm.equals("RSASSA-PSS")
                ? new PSSParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, 32, 1) : null;
        byte[] text = "Un testo da firmare".getBytes();
        Signature signer = Signature.getInstance(algorithm, card);
        signer.initSign(key);
        if (parameters != null) {
            signer.setParameter(parameters);
        }
        signer.update(text);
        byte[] signature = signer.sign();
        Signature verifier = Signature.getInstance(algorithm);
        if (parameters != null) {
            verifier.setParameter(parameters);
        }
        verifier.initVerify(certificate.getPublicKey());
        verifier.update(text);
        if (!verifier.verify(signature)) {
            throw new IllegalStateException(algorithm + " does not verify");
        }
        System.out.println(algorithm + " verified");
    }
}
