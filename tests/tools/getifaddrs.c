/* getifaddrs.c - the loopback addresses, for big-endian programs under qemu-user
 *
 * qemu-user leaves the last netlink attribute in the host's byte order when it is empty, and musl's
 * getifaddrs() then never ends. Linked into the programs that "make boards" tests, never into others.
 */
/* SPDX-License-Identifier: ISC */
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stddef.h>

int getifaddrs(struct ifaddrs **out)
{
    static struct sockaddr_in v4 = { .sin_family = AF_INET }, mask4 = { .sin_family = AF_INET };
    static struct sockaddr_in6 v6 = { .sin6_family = AF_INET6 }, mask6 = { .sin6_family = AF_INET6 };
    static char name[] = "lo";
    static struct ifaddrs all[2];

    v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    mask4.sin_addr.s_addr = htonl(0xFF000000);
    v6.sin6_addr = in6addr_loopback;
    for (int i = 0; i < 16; i++)
        mask6.sin6_addr.s6_addr[i] = 0xFF;
    all[0].ifa_next = &all[1];
    all[0].ifa_addr = (struct sockaddr *)(void *)&v4;
    all[0].ifa_netmask = (struct sockaddr *)(void *)&mask4;
    all[1].ifa_addr = (struct sockaddr *)(void *)&v6;
    all[1].ifa_netmask = (struct sockaddr *)(void *)&mask6;
    for (int i = 0; i < 2; i++) {
        all[i].ifa_name = name;
        all[i].ifa_flags = IFF_UP | IFF_LOOPBACK;
    }
    *out = all;
    return 0;
}

void freeifaddrs(struct ifaddrs *list)
{
    (void)list;
}
