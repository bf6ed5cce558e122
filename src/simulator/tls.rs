//! The simulator's own certificate authority and the certificate for loopback.

use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, KeyUsagePurpose};
use rustls::ServerConfig;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio_rustls::TlsAcceptor;

use super::server::SimulatorError;

/// Makes a new authority and a certificate for `127.0.0.1`, `::1` and `localhost`; returns the acceptor and the
/// authority's certificate as PEM.
pub(super) fn acceptor() -> Result<(TlsAcceptor, String), SimulatorError> {
    let certificates = certificates().map_err(|error| SimulatorError::Certificate(error.to_string()))?;
    let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .and_then(|builder| {
            let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(certificates.key.serialize_der()));
            builder.with_no_client_auth().with_single_cert(vec![certificates.leaf.der().clone()], key)
        })
        .map_err(|error| SimulatorError::Certificate(error.to_string()))?;
    Ok((TlsAcceptor::from(Arc::new(config)), certificates.ca_pem))
}

struct Certificates {
    ca_pem: String,
    leaf: rcgen::Certificate,
    key: KeyPair,
}

fn certificates() -> Result<Certificates, rcgen::Error> {
    let mut authority = CertificateParams::default();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    authority.key_usages =
        vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign, KeyUsagePurpose::DigitalSignature];
    authority.distinguished_name.push(DnType::CommonName, "entra-jostle-sync simulator CA");
    let authority_key = KeyPair::generate()?;
    let ca_pem = authority.self_signed(&authority_key)?.pem();

    let names = ["127.0.0.1", "::1", "localhost"].map(str::to_owned);
    let mut leaf = CertificateParams::new(names)?;
    leaf.distinguished_name.push(DnType::CommonName, "entra-jostle-sync simulator");
    leaf.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    leaf.extended_key_usages = vec![rcgen::ExtendedKeyUsagePurpose::ServerAuth];
    // OpenSSL's strict mode, which Python turns on, asks for the key identifier.
    leaf.use_authority_key_identifier_extension = true;
    let key = KeyPair::generate()?;
    let leaf = leaf.signed_by(&key, &Issuer::new(authority, authority_key))?;
    Ok(Certificates { ca_pem, leaf, key })
}
