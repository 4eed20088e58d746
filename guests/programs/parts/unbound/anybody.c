#include "anybody.h"

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <unistd.h>

enum { DAY_S = 86400 };

static X509 *self_signed(EVP_PKEY *key) {
  X509 *certificate = X509_new();
  X509_NAME *name = certificate ? X509_get_subject_name(certificate) : 0;
  int good = name && X509_set_version(certificate, X509_VERSION_3) == 1 &&
             ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1) == 1 &&
             X509_gmtime_adj(X509_getm_notBefore(certificate), 0) &&
             X509_gmtime_adj(X509_getm_notAfter(certificate), DAY_S) &&
             X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const unsigned char *)"bank", -1, -1, 0) == 1 &&
             X509_set_issuer_name(certificate, name) == 1 && X509_set_pubkey(certificate, key) == 1 &&
             X509_sign(certificate, key, EVP_sha256()) > 0;
  if (good) return certificate;
  X509_free(certificate);
  return 0;
}

static SSL_CTX *context_for(const SSL_METHOD *method) {
  OPENSSL_init_ssl(OPENSSL_INIT_NO_LOAD_CONFIG, 0);
  SSL_CTX *context = SSL_CTX_new(method);
  if (!context) return 0;
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  SSL_CTX_set_max_proto_version(context, TLS1_2_VERSION);
  SSL_CTX_set_cipher_list(context, "ECDHE-ECDSA-CHACHA20-POLY1305");
  SSL_CTX_set1_groups_list(context, "P-256");
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_options(context, SSL_OP_NO_TICKET);
  SSL_CTX_set_verify(context, SSL_VERIFY_NONE, 0);
  return context;
}

SSL_CTX *anybody_server(void) {
  SSL_CTX *context = context_for(TLS_server_method());
  EVP_PKEY *key = EVP_EC_gen("P-256");
  X509 *certificate = key ? self_signed(key) : 0;
  int good = context && certificate && SSL_CTX_use_certificate(context, certificate) == 1 &&
             SSL_CTX_use_PrivateKey(context, key) == 1;
  X509_free(certificate);
  EVP_PKEY_free(key);
  if (good) return context;
  SSL_CTX_free(context);
  return 0;
}

SSL_CTX *anybody_client(void) { return context_for(TLS_client_method()); }

SSL *anybody_shake(SSL_CTX *context, int fd, int is_server) {
  SSL *tls = SSL_new(context);
  if (tls && SSL_set_fd(tls, fd) == 1 && (is_server ? SSL_accept(tls) : SSL_connect(tls)) == 1) return tls;
  SSL_free(tls);
  close(fd);
  return 0;
}
