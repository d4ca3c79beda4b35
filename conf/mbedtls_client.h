/* mbedtls_client.h - the mbedTLS 3.6 of a machine that only sends: no server, the small forms of what has two */
/* SPDX-License-Identifier: ISC */
#include "mbedtls/mbedtls_postlet.h" /* conf/mbedtls_config.h */

#undef MBEDTLS_SSL_SRV_C
#undef MBEDTLS_SSL_TICKET_C
#undef MBEDTLS_CIPHER_MODE_CBC
#undef MBEDTLS_CIPHER_PADDING_PKCS7
#undef MBEDTLS_SSL_ENCRYPT_THEN_MAC
#define MBEDTLS_BLOCK_CIPHER_NO_DECRYPT
#undef MBEDTLS_SSL_TLS1_3_KEY_EXCHANGE_MODE_PSK_ENABLED
#define MBEDTLS_SHA256_SMALLER
#define MBEDTLS_ECP_FIXED_POINT_OPTIM 0
#define MBEDTLS_RSA_NO_CRT /* signing takes four times as long; few clients have an RSA certificate */
