/* Object identifiers in use, as the content of their DER. docs/formats.md says what ours are for. */
#ifndef TERRA_OIDS_H
#define TERRA_OIDS_H

#include "slice.h"

/* 2.25.163268360961603797793263191242266081269 (UUID 7ad457b0-5a9c-428f-8b6d-3e01172777f5), and below it: */
#define OID_ARC "\x69\x81\xf5\xd4\xab\xec\x8b\xa9\xe2\x8a\x9f\x8b\xb6\xcf\xc0\x91\xb9\x9d\xef\x75"
#define OID_APPLICATION_DATA OID_ARC "\x01"
#define OID_SECONDARIES OID_ARC "\x02"
#define OID_EVIDENCE OID_ARC "\x03"
#define OID_VENDOR_CERTIFICATE OID_ARC "\x04"

#define OID_TCB_INFO "\x67\x81\x05\x05\x04\x01"                  /* 2.23.133.5.4.1, TCG DICE */
#define OID_ECDSA_SHA256 "\x2a\x86\x48\xce\x3d\x04\x03\x02"      /* 1.2.840.10045.4.3.2, RFC 5758 */
#define OID_SHA256 "\x60\x86\x48\x01\x65\x03\x04\x02\x01"        /* 2.16.840.1.101.3.4.2.1, NIST */
#define OID_COMMON_NAME "\x55\x04\x03"                           /* 2.5.4.3; the rest is RFC 5280's */
#define OID_SUBJECT_KEY_IDENTIFIER "\x55\x1d\x0e"                /* 2.5.29.14 */
#define OID_KEY_USAGE "\x55\x1d\x0f"                             /* 2.5.29.15 */
#define OID_BASIC_CONSTRAINTS "\x55\x1d\x13"                     /* 2.5.29.19 */
#define OID_CRL_NUMBER "\x55\x1d\x14"                            /* 2.5.29.20 */
#define OID_AUTHORITY_KEY_IDENTIFIER "\x55\x1d\x23"              /* 2.5.29.35 */
#define OID_EXTENDED_KEY_USAGE "\x55\x1d\x25"                    /* 2.5.29.37 */
#define OID_SERVER_AUTH "\x2b\x06\x01\x05\x05\x07\x03\x01"       /* 1.3.6.1.5.5.7.3.1 */
#define OID_CLIENT_AUTH "\x2b\x06\x01\x05\x05\x07\x03\x02"       /* 1.3.6.1.5.5.7.3.2 */

#define OID(literal) ((struct slice){(const uint8_t *)(literal), sizeof(literal) - 1})

#endif
