#define _GNU_SOURCE
#include "handshake.h"

#include <errno.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

/* All certificates of one peer; what does not fit is refused by OpenSSL before it is looked at. */
enum { PEER_CERTIFICATES_SIZE = 65536 };

enum tls_profile handshake_profile(const char *text) {
  return strcmp(text, "1.2") == 0 ? TLS_PROFILE_12 : strcmp(text, "1.3") == 0 ? TLS_PROFILE_13 : TLS_PROFILE_BOTH;
}

/* Which alert the peer gets: RFC 5246, 7.2.2, as far as it has words for our checks. */
static int as_x509_error(int check) {
  switch (check) {
    case CHECK_CHAIN: return X509_V_ERR_CERT_REJECTED;                    /* bad_certificate */
    case CHECK_HARDWARE: return X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT;     /* unknown_ca */
    case CHECK_REVOCATION: return X509_V_ERR_CERT_REVOKED;                /* certificate_revoked */
    default: return X509_V_ERR_APPLICATION_VERIFICATION;                  /* handshake_failure */
  }
}

/* The peer's certificates as it sent them: the first five are the chain, the rest vendors'. */
static void appraise_peer(STACK_OF(X509) *sent, struct handshake *handshake) {
  static uint8_t der[PEER_CERTIFICATES_SIZE];
  static struct slice certificates[CHAIN_LENGTH + VENDORS_LIMIT + 1];
  size_t used = 0, count = 0;
  int shown = sk_X509_num(sent);
  for (int i = 0; i < shown && count < sizeof certificates / sizeof certificates[0]; i++) {
    uint8_t *end = der + used;
    int length = i2d_X509(sk_X509_value(sent, i), 0);
    if (length <= 0 || (size_t)length > sizeof der - used) break;
    i2d_X509(sk_X509_value(sent, i), &end);
    certificates[count++] = (struct slice){der + used, (size_t)length};
    used += (size_t)length;
  }
  size_t chain = count < CHAIN_LENGTH ? count : CHAIN_LENGTH;
  const struct evidence evidence = {.use = LEAF_TLS,
                                    .chain_count = chain,
                                    .chain = certificates,
                                    .vendor_count = count - chain,
                                    .vendors = certificates + chain};
  appraise(handshake->policy, &evidence, (int64_t)time(0) * 1000, &handshake->appraisal);
  handshake->was_appraised = 1;
}

/* In place of OpenSSL's own verification, which knows nothing of layers. */
static int verify(X509_STORE_CTX *store, void *ignored) {
  (void)ignored;
  SSL *tls = X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx());
  struct handshake *handshake = tls ? SSL_get_app_data(tls) : 0;
  STACK_OF(X509) *sent = X509_STORE_CTX_get0_untrusted(store);
  if (!handshake || !sent) return 0;
  appraise_peer(sent, handshake);
  if (handshake->appraisal.accepted) {
    X509_STORE_CTX_set_error(store, X509_V_OK);
    return 1;
  }
  X509_STORE_CTX_set_error(store, as_x509_error(appraisal_fault(&handshake->appraisal)));
  return 0;
}

/* From its two halves: reading it as PEM would take OpenSSL twenty times as long. */
static EVP_PKEY *private_key(const struct key *key) {
  EVP_PKEY *private = 0;
  BIGNUM *number = BN_secure_new();
  OSSL_PARAM_BLD *parts = OSSL_PARAM_BLD_new();
  EVP_PKEY_CTX *maker = EVP_PKEY_CTX_new_from_name(0, "EC", 0);
  int good = number && parts && maker && BN_bin2bn(key->private_part, KEY_PRIVATE_SIZE, number) &&
             OSSL_PARAM_BLD_push_utf8_string(parts, OSSL_PKEY_PARAM_GROUP_NAME, "P-256", 0) == 1 &&
             OSSL_PARAM_BLD_push_octet_string(parts, OSSL_PKEY_PARAM_PUB_KEY, key->public_part, KEY_PUBLIC_SIZE) == 1 &&
             OSSL_PARAM_BLD_push_BN(parts, OSSL_PKEY_PARAM_PRIV_KEY, number) == 1;
  OSSL_PARAM *whole = good ? OSSL_PARAM_BLD_to_param(parts) : 0;
  if (whole && EVP_PKEY_fromdata_init(maker) == 1) EVP_PKEY_fromdata(maker, &private, EVP_PKEY_KEYPAIR, whole);
  OSSL_PARAM_free(whole);
  OSSL_PARAM_BLD_free(parts);
  EVP_PKEY_CTX_free(maker);
  BN_clear_free(number);
  return private;
}

static X509 *as_x509(struct slice der) {
  const uint8_t *at = der.at;
  return d2i_X509(0, &at, (long)der.length);
}

static int show_certificates(SSL_CTX *context, const struct own *own) {
  X509 *leaf = as_x509(own->certificates[0]);
  EVP_PKEY *key = private_key(&own->key);
  int good = leaf && key && SSL_CTX_use_certificate(context, leaf) == 1 && SSL_CTX_use_PrivateKey(context, key) == 1 &&
             SSL_CTX_check_private_key(context) == 1;
  X509_free(leaf);
  EVP_PKEY_free(key);
  for (size_t i = 1; good && i < own->count; i++) {
    X509 *above = as_x509(own->certificates[i]);
    /* It becomes the context's. */
    good = above && SSL_CTX_add_extra_chain_cert(context, above) == 1;
    if (!good) X509_free(above);
  }
  return good;
}

int handshake_profile_set(SSL_CTX *context, enum tls_profile profile) {
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_options(context, SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
                                   SSL_OP_CIPHER_SERVER_PREFERENCE);
  SSL_CTX_set_max_cert_list(context, PEER_CERTIFICATES_SIZE);
  return SSL_CTX_set_min_proto_version(context, profile == TLS_PROFILE_13 ? TLS1_3_VERSION : TLS1_2_VERSION) == 1 &&
         SSL_CTX_set_max_proto_version(context, profile == TLS_PROFILE_12 ? TLS1_2_VERSION : TLS1_3_VERSION) == 1 &&
         /* ChaCha20 first: it is what an emulated processor does fastest. */
         SSL_CTX_set_cipher_list(context, "ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-ECDSA-AES128-GCM-SHA256") == 1 &&
         SSL_CTX_set_ciphersuites(context, "TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256") == 1 &&
         SSL_CTX_set1_groups_list(context, "P-256") == 1 &&
         SSL_CTX_set1_sigalgs_list(context, "ECDSA+SHA256") == 1 && SSL_CTX_set_num_tickets(context, 0) == 1;
}

SSL_CTX *handshake_context(const struct own *own, enum handshake_side side, enum tls_profile profile,
                           struct why *why) {
  OPENSSL_init_ssl(OPENSSL_INIT_NO_LOAD_CONFIG, 0);
  SSL_CTX *context = SSL_CTX_new(side == HANDSHAKE_SERVER ? TLS_server_method() : TLS_client_method());
  if (!context) {
    why_say(why, "OpenSSL makes no context");
    return 0;
  }
  if (!handshake_profile_set(context, profile) || !show_certificates(context, own)) {
    const char *reason = ERR_reason_error_string(ERR_get_error());
    why_say(why, "OpenSSL does not take this box's key and certificates: %s", reason ? reason : "no reason given");
    SSL_CTX_free(context);
    return 0;
  }
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, 0);
  SSL_CTX_set_cert_verify_callback(context, verify, 0);
  return context;
}

void handshake_patience(int fd, int seconds) {
  struct timeval time = {.tv_sec = seconds};
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &time, sizeof time);
  setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &time, sizeof time);
}

/* An alert is a reason of its own: 1000 and the alert's number. */
static int alert_of(unsigned long error) {
  int reason = ERR_GET_LIB(error) == ERR_LIB_SSL ? ERR_GET_REASON(error) : 0;
  return reason >= SSL_AD_REASON_OFFSET ? reason - SSL_AD_REASON_OFFSET : -1;
}

void handshake_trouble(SSL *tls, int result, struct why *why) {
  int system = errno, kind = SSL_get_error(tls, result);
  unsigned long error = ERR_peek_error();
  int alert = alert_of(error);
  ERR_clear_error();
  if (alert >= 0) {
    why_say(why, "the other end refuses: TLS alert %d, %s", alert, SSL_alert_desc_string_long(alert));
  } else if (kind == SSL_ERROR_ZERO_RETURN || (kind == SSL_ERROR_SYSCALL && system == 0)) {
    why_say(why, "the other end closed the connection");
  } else if (kind == SSL_ERROR_WANT_READ || kind == SSL_ERROR_WANT_WRITE || system == EAGAIN) {
    why_say(why, "the other end does not answer");
  } else if (error != 0) {
    const char *reason = ERR_reason_error_string(error);
    why_say(why, "TLS fails: %s", reason ? reason : "for a reason that has no name");
  } else {
    why_say(why, "the connection fails: %s", strerror(system));
  }
}

/* Whether it failed because the peer's signature over the handshake is not its certificate's. */
static int is_not_signed(void) {
  unsigned long error = ERR_peek_error();
  return ERR_GET_LIB(error) == ERR_LIB_SSL && ERR_GET_REASON(error) == SSL_R_BAD_SIGNATURE;
}

SSL *handshake_do(SSL_CTX *context, enum handshake_side side, int fd, int patience_s, struct handshake *handshake) {
  handshake->was_appraised = 0;
  handshake->trouble.text[0] = 0;
  SSL *tls = SSL_new(context);
  if (!tls || SSL_set_fd(tls, fd) != 1) {
    why_say(&handshake->trouble, "OpenSSL makes no connection");
    SSL_free(tls);
    close(fd);
    return 0;
  }
  handshake_patience(fd, patience_s);
  SSL_set_app_data(tls, handshake);
  ERR_clear_error();
  errno = 0;
  int result = side == HANDSHAKE_SERVER ? SSL_accept(tls) : SSL_connect(tls);
  if (result == 1) return tls;
  if (handshake->was_appraised && !handshake->appraisal.accepted) {
    int fault = appraisal_fault(&handshake->appraisal);
    why_say(&handshake->trouble, "refused at %s: %.900s", check_names[fault], handshake->appraisal.checks[fault].detail);
  } else if (handshake->was_appraised && is_not_signed()) {
    appraisal_not_fresh(&handshake->appraisal,
                        "the handshake is not signed with the key of the leaf certificate: somebody shows a "
                        "certificate that is not theirs");
    why_say(&handshake->trouble, "refused at freshness: %.900s",
            handshake->appraisal.checks[CHECK_FRESHNESS].detail);
  } else {
    handshake_trouble(tls, result, &handshake->trouble);
  }
  ERR_clear_error();
  SSL_free(tls);
  close(fd);
  return 0;
}

void handshake_end(SSL *tls) {
  int fd = SSL_get_fd(tls);
  SSL_shutdown(tls);
  SSL_free(tls);
  if (fd >= 0) close(fd);
}
