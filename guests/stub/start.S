/* Entry of the direct-boot stub: a multiboot image whose own 4096 bytes end where the kernel begins, at 16 MiB.
   The multiboot loader puts stub and kernel, one behind the other, at LOAD and jumps to `start` with %ebx = multiboot info. */

#define LOAD   0x00FFF000
#define MAGIC  0x1BADB002
#define FLAGS  0x00010002            /* memory map wanted; addresses below instead of an ELF header */

        .section .head, "ax"
        .code32
header: .long MAGIC, FLAGS, -(MAGIC + FLAGS)
        .long LOAD, LOAD, 0, 0, start     /* header, load, load end (0: the whole file), bss end (0: none), entry */

        .global start
start:  cli
        cld
        mov $stack_top, %esp
        push %ebx
        call prepare                      /* returns the address of boot_params */
        mov %eax, %esi
        lgdt gdt_pointer
        mov $0x18, %eax                   /* the segments of the kernel's 32-bit boot protocol */
        mov %eax, %ds
        mov %eax, %es
        mov %eax, %fs
        mov %eax, %gs
        mov %eax, %ss
        xor %ebx, %ebx
        xor %ebp, %ebp
        xor %edi, %edi
        ljmp $0x10, $(LOAD + 4096)

        .balign 8
gdt:    .quad 0, 0
        .quad 0x00CF9A000000FFFF          /* 0x10: code, 4 GiB flat */
        .quad 0x00CF92000000FFFF          /* 0x18: data, 4 GiB flat */
gdt_pointer:
        .word . - gdt - 1
        .long gdt
        .balign 16
        .skip 512
stack_top:
