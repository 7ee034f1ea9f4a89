package signed

import (
	"crypto/ed25519"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
)

// ReadPublicKey reads the base64 of the 32 bytes of a key.
func ReadPublicKey(text string) (ed25519.PublicKey, error) {
	raw, err := base64.StdEncoding.Strict().DecodeString(text)
	if err != nil || len(raw) != ed25519.PublicKeySize {
		return nil, errors.New("must be the base64 of an ed25519 public key, which has 32 bytes")
	}
	return raw, nil
}

// WritePublicKey is the reverse of [ReadPublicKey].
func WritePublicKey(key ed25519.PublicKey) string { return base64.StdEncoding.EncodeToString(key) }

// ReadPrivateKey reads a private key in PEM (PKCS #8), as `openssl genpkey -algorithm ed25519` writes
// it, too.
func ReadPrivateKey(text []byte) (ed25519.PrivateKey, error) {
	block, _ := pem.Decode(text)
	if block == nil {
		return nil, errors.New("there is no private key in PEM")
	}
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, errors.New("the private key is not one in PKCS #8")
	}
	key, ok := parsed.(ed25519.PrivateKey)
	if !ok {
		return nil, errors.New("the private key is not one of ed25519")
	}
	return key, nil
}

// WritePrivateKey is the reverse of [ReadPrivateKey].
func WritePrivateKey(key ed25519.PrivateKey) ([]byte, error) {
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, err
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), nil
}
