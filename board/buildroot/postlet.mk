# postlet.mk - Buildroot package; goes to package/postlet/ with Config.in. Needs Buildroot's mbedtls 3.6.
# Buildroot has no TinyCDB: tables are texthash: until you add it and drop the line about MAP_CDB.
# SPDX-License-Identifier: ISC
POSTLET_VERSION = 0.1.0
# Set POSTLET_SITE to where your copy of the source is, or use POSTLET_OVERRIDE_SRCDIR.
POSTLET_SITE_METHOD = git
POSTLET_LICENSE = ISC
POSTLET_LICENSE_FILES = LICENSE
POSTLET_DEPENDENCIES = mbedtls

POSTLET_FLAGS = $(TARGET_CONFIGURE_OPTS) HOSTCC="$(HOSTCC)" STRIP=true PREFIX=/usr SYSROOT=$(STAGING_DIR)

define POSTLET_CONFIGURE_CMDS
	$(MAKE) -C $(@D) HOSTCC="$(HOSTCC)" $(call qstrip,$(BR2_PACKAGE_POSTLET_BOARD))_defconfig
	$(@D)/build/host/kconf $(@D) $(@D)/build set MAP_CDB=n
endef

define POSTLET_BUILD_CMDS
	$(MAKE) -C $(@D) $(POSTLET_FLAGS)
endef

define POSTLET_INSTALL_TARGET_CMDS
	$(MAKE) -C $(@D) $(POSTLET_FLAGS) DESTDIR=$(TARGET_DIR) install
endef

define POSTLET_USERS
	postfix -1 postfix -1 * /var/spool/postfix - - mail system
	- -1 postdrop -1 - - - - mail submission
endef

$(eval $(generic-package))
