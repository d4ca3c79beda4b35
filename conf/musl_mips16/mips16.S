/* mips16.S - what MIPS16 code of musl calls for the instructions it lacks (see syscall_arch.h) */
/* SPDX-License-Identifier: ISC */
	.set noreorder
	.set nomips16
	.hidden __mips16_syscall, __mips16_cas, __mips16_tp
	.globl __mips16_syscall, __mips16_cas, __mips16_tp

/* (number, up to seven arguments): all move down by one. The kernel takes those from the fifth on at 16($sp);
   ours are four bytes higher. What is read beyond the caller's arguments does not matter. */
	.type __mips16_syscall, @function
	.ent __mips16_syscall
__mips16_syscall:
	move	$2, $4
	move	$4, $5
	move	$5, $6
	move	$6, $7
	lw	$7, 16($sp)
	addiu	$sp, $sp, 4
	syscall
	beqz	$7, 1f
	addiu	$sp, $sp, -4
	blez	$2, 1f
	nop
	negu	$2, $2
1:	jr	$ra
	nop
	.end __mips16_syscall
	.size __mips16_syscall, . - __mips16_syscall

/* (place, expected, new): what was there */
	.type __mips16_cas, @function
	.ent __mips16_cas
__mips16_cas:
	sync
1:	ll	$2, 0($4)
	bne	$2, $5, 2f
	move	$3, $6
	sc	$3, 0($4)
	beqz	$3, 1b
	nop
2:	sync
	jr	$ra
	nop
	.end __mips16_cas
	.size __mips16_cas, . - __mips16_cas

	.type __mips16_tp, @function
	.ent __mips16_tp
__mips16_tp:
	.word	0x7c03e83b /* rdhwr $3, $29 */
	jr	$ra
	move	$2, $3
	.end __mips16_tp
	.size __mips16_tp, . - __mips16_tp
