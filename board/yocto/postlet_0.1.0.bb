# postlet_0.1.0.bb - goes to recipes-daemons/postlet/ of a layer; mbedtls 3.6 comes from meta-openembedded
# SPDX-License-Identifier: ISC
SUMMARY = "Small mail transfer agent, configured as Postfix is"
LICENSE = "ISC"
LIC_FILES_CHKSUM = "file://LICENSE;md5=abafbc7ea6d2b89a74efedd749d66c38"
SRC_URI ?= ""
S = "${WORKDIR}/git"

# There is no recipe of TinyCDB in the usual layers: tables are texthash: until you add one.
DEPENDS = "mbedtls"
PROVIDES = "virtual/sendmail"
RPROVIDES:${PN} = "mail-transfer-agent"
POSTLET_BOARD ?= "relay"

inherit useradd systemd

USERADD_PACKAGES = "${PN}"
GROUPADD_PARAM:${PN} = "--system postdrop"
USERADD_PARAM:${PN} = "--system --no-create-home --home-dir /var/spool/postfix --shell /sbin/nologin --user-group postfix"
SYSTEMD_SERVICE:${PN} = "postlet.service"

EXTRA_OEMAKE = "'CC=${CC}' 'AR=${AR}' 'HOSTCC=${BUILD_CC}' 'STRIP=true' 'PREFIX=${prefix}' 'CFLAGS=${CFLAGS}' 'LDFLAGS=${LDFLAGS}'"

do_configure() {
    oe_runmake ${POSTLET_BOARD}_defconfig
    ./build/host/kconf . build set MAP_CDB=n
}

do_compile() {
    oe_runmake
}

do_install() {
    oe_runmake DESTDIR=${D} install
    install -d ${D}${systemd_system_unitdir}
    install -m 0644 ${S}/board/systemd/postlet.service ${D}${systemd_system_unitdir}/
}
