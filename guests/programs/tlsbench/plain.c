#include "plain.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <unistd.h>

enum { DAY_S = 86400 };

static EVP_PKEY *authority_key;
static X509 *authority;

static int extend(X509 *certificate, X509 *issuer, int nid, const char *value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, 0, 0, 0);
  X509_EXTENSION *extension = X509V3_EXT_conf_nid(0, &context, nid, value);
  int good = extension && X509_add_ext(certificate, extension, -1) == 1;
  X509_EXTENSION_free(extension);
  return good;
}

/* A certificate of the authority's; without one yet, its own. */
static X509 *certify(EVP_PKEY *key, const char *name) {
  X509 *certificate = X509_new();
  X509_NAME *subject = certificate ? X509_get_subject_name(certificate) : 0;
  X509 *issuer = authority ? authority : certificate;
  int good = subject && X509_set_version(certificate, X509_VERSION_3) == 1 &&
             ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1 + (name[0] & 0x7f)) == 1 &&
             X509_gmtime_adj(X509_getm_notBefore(certificate), -DAY_S) &&
             X509_gmtime_adj(X509_getm_notAfter(certificate), DAY_S) &&
             X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, (const unsigned char *)name, -1, -1, 0) == 1 &&
             X509_set_issuer_name(certificate, X509_get_subject_name(issuer)) == 1 &&
             X509_set_pubkey(certificate, key) == 1 &&
             extend(certificate, issuer, NID_basic_constraints, authority ? "critical,CA:FALSE" : "critical,CA:TRUE") &&
             extend(certificate, issuer, NID_key_usage,
                    authority ? "critical,digitalSignature" : "critical,keyCertSign") &&
             X509_sign(certificate, authority_key, EVP_sha256()) > 0;
  if (good) return certificate;
  X509_free(certificate);
  return 0;
}

static SSL_CTX *context_for(const SSL_METHOD *method, enum tls_profile profile, EVP_PKEY *key, X509 *certificate) {
  SSL_CTX *context = SSL_CTX_new(method);
  if (!context || !key || !certificate) return 0;
  handshake_profile_set(context, profile);
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, 0);
  int good = SSL_CTX_use_certificate(context, certificate) == 1 && SSL_CTX_use_PrivateKey(context, key) == 1 &&
             X509_STORE_add_cert(SSL_CTX_get_cert_store(context), authority) == 1;
  if (good) return context;
  SSL_CTX_free(context);
  return 0;
}

SSL_CTX *plain_server(void) {
  OPENSSL_init_ssl(OPENSSL_INIT_NO_LOAD_CONFIG, 0);
  authority_key = EVP_EC_gen("P-256");
  authority = authority_key ? certify(authority_key, "authority") : 0;
  EVP_PKEY *key = EVP_EC_gen("P-256");
  return authority && key ? context_for(TLS_server_method(), TLS_PROFILE_BOTH, key, certify(key, "server")) : 0;
}

void plain_enrol(int fd) {
  FILE *in = fdopen(dup(fd), "r"), *out = fdopen(fd, "w");
  EVP_PKEY *key = in ? PEM_read_PUBKEY(in, 0, 0, 0) : 0;
  X509 *certificate = key ? certify(key, "client") : 0;
  if (out && certificate) {
    PEM_write_X509(out, certificate);
    PEM_write_X509(out, authority);
  }
  X509_free(certificate);
  EVP_PKEY_free(key);
  if (in) fclose(in);
  if (out) fclose(out);
}

SSL_CTX *plain_client(int fd, enum tls_profile profile) {
  OPENSSL_init_ssl(OPENSSL_INIT_NO_LOAD_CONFIG, 0);
  FILE *in = fdopen(dup(fd), "r"), *out = fdopen(fd, "w");
  EVP_PKEY *key = EVP_EC_gen("P-256");
  X509 *certificate = 0;
  if (in && out && key && PEM_write_PUBKEY(out, key) == 1 && fflush(out) == 0) {
    certificate = PEM_read_X509(in, 0, 0, 0);
    authority = PEM_read_X509(in, 0, 0, 0);
  }
  if (in) fclose(in);
  if (out) fclose(out);
  return certificate && authority ? context_for(TLS_client_method(), profile, key, certificate) : 0;
}
