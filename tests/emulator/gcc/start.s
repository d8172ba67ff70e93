# Where a bare C program begins: a stack, main, and a halt with its result in R0.
# The linker puts this section first, so that the program begins at its first byte.
	.section .text.unlikely,"ax"
	.globl _start
_start:
	movl	$0x80000, %sp
	calls	$0, main
	halt
