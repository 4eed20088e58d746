/** Numbers that IANA gave to what TLS 1.2 and 1.3 say, and their names: those that OpenSSL offers or answers, and their neighbours. */
import { hex } from "./decoder.ts";

export const CONTENT = { changeCipherSpec: 20, alert: 21, handshake: 22, applicationData: 23 } as const;

/** RFC 8446, 4, and RFC 5246, 7.4. */
export const HANDSHAKE = {
  helloRequest: 0,
  clientHello: 1,
  serverHello: 2,
  newSessionTicket: 4,
  certificate: 11,
  serverKeyExchange: 12,
  certificateRequest: 13,
  serverHelloDone: 14,
  certificateVerify: 15,
  clientKeyExchange: 16,
  finished: 20,
  certificateStatus: 22,
} as const;

export const TLS_1_3 = 0x0304;

type Names = ReadonlyMap<number, string>;

const CONTENTS: Names = new Map([
  [CONTENT.changeCipherSpec, "change cipher spec"],
  [CONTENT.alert, "alert"],
  [CONTENT.handshake, "handshake"],
  [CONTENT.applicationData, "application data"],
]);

const HANDSHAKES: Names = new Map([
  [HANDSHAKE.helloRequest, "HelloRequest"],
  [HANDSHAKE.clientHello, "ClientHello"],
  [HANDSHAKE.serverHello, "ServerHello"],
  [HANDSHAKE.newSessionTicket, "NewSessionTicket"],
  [HANDSHAKE.certificate, "Certificate"],
  [HANDSHAKE.serverKeyExchange, "ServerKeyExchange"],
  [HANDSHAKE.certificateRequest, "CertificateRequest"],
  [HANDSHAKE.serverHelloDone, "ServerHelloDone"],
  [HANDSHAKE.certificateVerify, "CertificateVerify"],
  [HANDSHAKE.clientKeyExchange, "ClientKeyExchange"],
  [HANDSHAKE.finished, "Finished"],
  [HANDSHAKE.certificateStatus, "CertificateStatus"],
]);

const VERSIONS: Names = new Map([
  [0x0300, "SSL 3.0"],
  [0x0301, "TLS 1.0"],
  [0x0302, "TLS 1.1"],
  [0x0303, "TLS 1.2"],
  [TLS_1_3, "TLS 1.3"],
]);

const CIPHER_SUITES: Names = new Map([
  [0x002f, "TLS_RSA_WITH_AES_128_CBC_SHA"],
  [0x0033, "TLS_DHE_RSA_WITH_AES_128_CBC_SHA"],
  [0x0035, "TLS_RSA_WITH_AES_256_CBC_SHA"],
  [0x0039, "TLS_DHE_RSA_WITH_AES_256_CBC_SHA"],
  [0x003c, "TLS_RSA_WITH_AES_128_CBC_SHA256"],
  [0x003d, "TLS_RSA_WITH_AES_256_CBC_SHA256"],
  [0x0067, "TLS_DHE_RSA_WITH_AES_128_CBC_SHA256"],
  [0x006b, "TLS_DHE_RSA_WITH_AES_256_CBC_SHA256"],
  [0x009c, "TLS_RSA_WITH_AES_128_GCM_SHA256"],
  [0x009d, "TLS_RSA_WITH_AES_256_GCM_SHA384"],
  [0x009e, "TLS_DHE_RSA_WITH_AES_128_GCM_SHA256"],
  [0x009f, "TLS_DHE_RSA_WITH_AES_256_GCM_SHA384"],
  [0x00ff, "TLS_EMPTY_RENEGOTIATION_INFO_SCSV"],
  [0x1301, "TLS_AES_128_GCM_SHA256"],
  [0x1302, "TLS_AES_256_GCM_SHA384"],
  [0x1303, "TLS_CHACHA20_POLY1305_SHA256"],
  [0x1304, "TLS_AES_128_CCM_SHA256"],
  [0x1305, "TLS_AES_128_CCM_8_SHA256"],
  [0x5600, "TLS_FALLBACK_SCSV"],
  [0xc009, "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA"],
  [0xc00a, "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA"],
  [0xc013, "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA"],
  [0xc014, "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA"],
  [0xc023, "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256"],
  [0xc024, "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384"],
  [0xc027, "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256"],
  [0xc028, "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384"],
  [0xc02b, "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"],
  [0xc02c, "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384"],
  [0xc02f, "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"],
  [0xc030, "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"],
  [0xcca8, "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256"],
  [0xcca9, "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256"],
  [0xccaa, "TLS_DHE_RSA_WITH_CHACHA20_POLY1305_SHA256"],
]);

const GROUPS: Names = new Map([
  [23, "secp256r1"],
  [24, "secp384r1"],
  [25, "secp521r1"],
  [29, "x25519"],
  [30, "x448"],
  [256, "ffdhe2048"],
  [257, "ffdhe3072"],
  [258, "ffdhe4096"],
  [259, "ffdhe6144"],
  [260, "ffdhe8192"],
  [4588, "X25519MLKEM768"],
]);

/** RFC 8446, 4.2.3; the rest are a hash and a signature algorithm of RFC 5246, 7.4.1.4.1. */
const SIGNATURES: Names = new Map([
  [0x0201, "rsa_pkcs1_sha1"],
  [0x0202, "dsa_sha1"],
  [0x0203, "ecdsa_sha1"],
  [0x0301, "rsa_pkcs1_sha224"],
  [0x0302, "dsa_sha224"],
  [0x0303, "ecdsa_sha224"],
  [0x0401, "rsa_pkcs1_sha256"],
  [0x0402, "dsa_sha256"],
  [0x0403, "ecdsa_secp256r1_sha256"],
  [0x0501, "rsa_pkcs1_sha384"],
  [0x0502, "dsa_sha384"],
  [0x0503, "ecdsa_secp384r1_sha384"],
  [0x0601, "rsa_pkcs1_sha512"],
  [0x0602, "dsa_sha512"],
  [0x0603, "ecdsa_secp521r1_sha512"],
  [0x0804, "rsa_pss_rsae_sha256"],
  [0x0805, "rsa_pss_rsae_sha384"],
  [0x0806, "rsa_pss_rsae_sha512"],
  [0x0807, "ed25519"],
  [0x0808, "ed448"],
  [0x0809, "rsa_pss_pss_sha256"],
  [0x080a, "rsa_pss_pss_sha384"],
  [0x080b, "rsa_pss_pss_sha512"],
]);

export const EXTENSION = {
  serverName: 0,
  supportedGroups: 10,
  pointFormats: 11,
  signatureAlgorithms: 13,
  supportedVersions: 43,
  keyShare: 51,
} as const;

const EXTENSIONS: Names = new Map([
  [EXTENSION.serverName, "server_name"],
  [1, "max_fragment_length"],
  [5, "status_request"],
  [EXTENSION.supportedGroups, "supported_groups"],
  [EXTENSION.pointFormats, "ec_point_formats"],
  [EXTENSION.signatureAlgorithms, "signature_algorithms"],
  [16, "application_layer_protocol_negotiation"],
  [21, "padding"],
  [22, "encrypt_then_mac"],
  [23, "extended_master_secret"],
  [35, "session_ticket"],
  [41, "pre_shared_key"],
  [42, "early_data"],
  [EXTENSION.supportedVersions, "supported_versions"],
  [44, "cookie"],
  [45, "psk_key_exchange_modes"],
  [47, "certificate_authorities"],
  [49, "post_handshake_auth"],
  [50, "signature_algorithms_cert"],
  [EXTENSION.keyShare, "key_share"],
  [65281, "renegotiation_info"],
]);

/** RFC 8446, 6, and those of RFC 5246, 7.2. */
const ALERTS: Names = new Map([
  [0, "close notify"],
  [10, "unexpected message"],
  [20, "bad record MAC"],
  [21, "decryption failed"],
  [22, "record overflow"],
  [30, "decompression failure"],
  [40, "handshake failure"],
  [41, "no certificate"],
  [42, "bad certificate"],
  [43, "unsupported certificate"],
  [44, "certificate revoked"],
  [45, "certificate expired"],
  [46, "certificate unknown"],
  [47, "illegal parameter"],
  [48, "unknown CA"],
  [49, "access denied"],
  [50, "decode error"],
  [51, "decrypt error"],
  [60, "export restriction"],
  [70, "protocol version"],
  [71, "insufficient security"],
  [80, "internal error"],
  [86, "inappropriate fallback"],
  [90, "user canceled"],
  [100, "no renegotiation"],
  [109, "missing extension"],
  [110, "unsupported extension"],
  [112, "unrecognized name"],
  [113, "bad certificate status response"],
  [115, "unknown PSK identity"],
  [116, "certificate required"],
  [120, "no application protocol"],
]);

const CERTIFICATE_TYPES: Names = new Map([
  [1, "rsa_sign"],
  [2, "dss_sign"],
  [64, "ecdsa_sign"],
]);

const word = hex(4);
const named = (names: Names, what: string, show: (value: number) => string) => (value: number) =>
  names.get(value) ?? `${what} ${show(value)}`;

export const contentName = named(CONTENTS, "content type", String);
export const handshakeName = named(HANDSHAKES, "handshake message", String);
export const isHandshake = (type: number): boolean => HANDSHAKES.has(type);
export const versionName = named(VERSIONS, "version", word);
export const cipherSuiteName = named(CIPHER_SUITES, "cipher suite", word);
export const groupName = named(GROUPS, "group", String);
export const signatureName = named(SIGNATURES, "signature scheme", word);
export const extensionName = named(EXTENSIONS, "extension", String);
export const alertName = named(ALERTS, "alert", String);
export const certificateTypeName = named(CERTIFICATE_TYPES, "certificate type", String);
