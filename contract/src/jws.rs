//! Detached JSON Web Signatures (RFC 7515, appendix F) with Ed25519 (RFC 8037).
//!
//! The signature covers the exact bytes as sent; nothing is ever canonicalised. The protected
//! header is `{"alg":"EdDSA","kid":…,"cty":…}`: `kid` is the key's RFC 7638 thumbprint and `cty`
//! says what kind of bytes were signed, so that a receipt cannot be passed off as an event.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

/// What kind of bytes a signature is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ContentType {
    /// A chained event.
    Event,
    /// A minute fact.
    Fact,
    /// A receipt of the centre.
    Receipt,
    /// A health message.
    Health,
    /// A command of the centre.
    Command,
    /// A signal phase message.
    Phase,
    /// The description of an HTTP request by a device.
    Request,
}

impl ContentType {
    /// The `cty` of the protected header.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Event => "kerege-event+json",
            Self::Fact => "kerege-fact+json",
            Self::Receipt => "kerege-receipt+json",
            Self::Health => "kerege-health+json",
            Self::Command => "kerege-command+json",
            Self::Phase => "kerege-phase+json",
            Self::Request => "kerege-request",
        }
    }
}

/// Why a signature is not accepted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadSignature {
    /// Not `header..signature` in base64url.
    #[error("the signature is not a detached JWS")]
    Malformed,
    /// Another algorithm than EdDSA, or a header that demands an extension.
    #[error("the signature uses an algorithm other than Ed25519")]
    Algorithm,
    /// Made with another key than the one expected.
    #[error("the signature was made with another key ({kid})")]
    OtherKey {
        /// The key it names.
        kid: String,
    },
    /// Made for another kind of bytes.
    #[error("the signature is for '{found}', not for '{wanted}'")]
    OtherContent {
        /// What its header says.
        found: String,
        /// What was to be verified.
        wanted: &'static str,
    },
    /// The bytes are not those that were signed.
    #[error("the signature does not fit the bytes")]
    Mismatch,
}

#[derive(Serialize, Deserialize)]
struct Header {
    alg: String,
    kid: String,
    cty: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    crit: Option<serde_json::Value>,
}

/// A public key as people and configuration files write it: `ed25519:` and 43 characters of base64url.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct PublicKey(VerifyingKey);

/// A text that is not a public key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a public key is 'ed25519:' and 43 characters of base64url, as `kerege-edge identity` prints it")]
pub struct BadPublicKey;

impl PublicKey {
    /// The public half of a signing key.
    #[must_use]
    pub fn of(key: &SigningKey) -> Self {
        Self(key.verifying_key())
    }

    /// Its RFC 7638 thumbprint in base64url, which names the key in signatures.
    #[must_use]
    pub fn thumbprint(&self) -> String {
        let x = URL_SAFE_NO_PAD.encode(self.0.as_bytes());
        let jwk = format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{x}"}}"#);
        URL_SAFE_NO_PAD.encode(crate::Sha256Hash::of(jwk.as_bytes()).as_bytes())
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ed25519:{}", URL_SAFE_NO_PAD.encode(self.0.as_bytes()))
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl FromStr for PublicKey {
    type Err = BadPublicKey;

    fn from_str(text: &str) -> Result<Self, BadPublicKey> {
        let encoded = text.strip_prefix("ed25519:").ok_or(BadPublicKey)?;
        let bytes: [u8; 32] =
            URL_SAFE_NO_PAD.decode(encoded).map_err(|_| BadPublicKey)?.try_into().map_err(|_| BadPublicKey)?;
        let key = VerifyingKey::from_bytes(&bytes).map_err(|_| BadPublicKey)?;
        if key.is_weak() { Err(BadPublicKey) } else { Ok(Self(key)) }
    }
}

impl Serialize for PublicKey {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for PublicKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Cow::<'_, str>::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

impl JsonSchema for PublicKey {
    fn schema_name() -> Cow<'static, str> {
        "PublicKey".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "pattern": "^ed25519:[A-Za-z0-9_-]{43}$" })
    }
}

fn signing_input(header: &str, payload: &[u8]) -> Vec<u8> {
    format!("{header}.{}", URL_SAFE_NO_PAD.encode(payload)).into_bytes()
}

/// Signs bytes; the result is `header..signature`, to travel beside them.
#[must_use]
pub fn sign(key: &SigningKey, content: ContentType, payload: &[u8]) -> String {
    let kid = PublicKey::of(key).thumbprint();
    let header = format!(r#"{{"alg":"EdDSA","kid":"{kid}","cty":"{}"}}"#, content.as_str());
    let header = URL_SAFE_NO_PAD.encode(header);
    let signature = key.sign(&signing_input(&header, payload));
    format!("{header}..{}", URL_SAFE_NO_PAD.encode(signature.to_bytes()))
}

/// Checks a detached signature over bytes against the one key that may have made it.
///
/// # Errors
/// When the text is not a detached JWS, or its algorithm, key, content type or bytes are not the
/// expected ones.
pub fn verify(jws: &str, content: ContentType, payload: &[u8], key: &PublicKey) -> Result<(), BadSignature> {
    let (encoded_header, encoded_signature) = jws.split_once("..").ok_or(BadSignature::Malformed)?;
    let header = URL_SAFE_NO_PAD.decode(encoded_header).map_err(|_| BadSignature::Malformed)?;
    let header: Header = serde_json::from_slice(&header).map_err(|_| BadSignature::Malformed)?;
    if !matches!(header.alg.as_str(), "EdDSA" | "Ed25519") || header.crit.is_some() {
        return Err(BadSignature::Algorithm);
    }
    if header.kid != key.thumbprint() {
        return Err(BadSignature::OtherKey { kid: header.kid.chars().take(64).collect() });
    }
    if header.cty != content.as_str() {
        let found = header.cty.chars().take(64).collect();
        return Err(BadSignature::OtherContent { found, wanted: content.as_str() });
    }
    let signature = URL_SAFE_NO_PAD.decode(encoded_signature).map_err(|_| BadSignature::Malformed)?;
    let signature = Signature::from_slice(&signature).map_err(|_| BadSignature::Malformed)?;
    key.0.verify_strict(&signing_input(encoded_header, payload), &signature).map_err(|_| BadSignature::Mismatch)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(seed: u8) -> SigningKey {
        SigningKey::from_bytes(&[seed; 32])
    }

    #[test]
    fn thumbprint_is_that_of_rfc_8037() {
        // RFC 8037, appendix A.3.
        let key: PublicKey = "ed25519:11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo".parse().unwrap();
        assert_eq!(key.thumbprint(), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
    }

    #[test]
    fn only_the_same_key_bytes_and_content_pass() {
        let jws = sign(&key(1), ContentType::Event, b"{}");
        let public = PublicKey::of(&key(1));
        assert_eq!(verify(&jws, ContentType::Event, b"{}", &public), Ok(()));
        assert_eq!(verify(&jws, ContentType::Event, b"{ }", &public), Err(BadSignature::Mismatch));
        assert!(matches!(verify(&jws, ContentType::Receipt, b"{}", &public), Err(BadSignature::OtherContent { .. })));
        assert!(matches!(
            verify(&jws, ContentType::Event, b"{}", &PublicKey::of(&key(2))),
            Err(BadSignature::OtherKey { .. })
        ));
        for broken in ["", ".", "..", "a..b", "not a signature"] {
            assert!(verify(broken, ContentType::Event, b"{}", &public).is_err(), "{broken}");
        }
    }

    #[test]
    fn no_other_algorithm_is_accepted() {
        let public = PublicKey::of(&key(1));
        let header = format!(r#"{{"alg":"none","kid":"{}","cty":"kerege-event+json"}}"#, public.thumbprint());
        let jws = format!("{}..", URL_SAFE_NO_PAD.encode(header));
        assert_eq!(verify(&jws, ContentType::Event, b"{}", &public), Err(BadSignature::Algorithm));
    }
}
