/* Ports of the PC. */
#ifndef STUB_IO_H
#define STUB_IO_H

typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;

static inline void out8(u16 port, u8 value) { __asm__ volatile("outb %0, %1" : : "a"(value), "Nd"(port)); }
static inline void out16(u16 port, u16 value) { __asm__ volatile("outw %0, %1" : : "a"(value), "Nd"(port)); }
static inline void out32(u16 port, u32 value) { __asm__ volatile("outl %0, %1" : : "a"(value), "Nd"(port)); }
static inline u8 in8(u16 port) { u8 value; __asm__ volatile("inb %1, %0" : "=a"(value) : "Nd"(port)); return value; }
static inline u32 in32(u16 port) { u32 value; __asm__ volatile("inl %1, %0" : "=a"(value) : "Nd"(port)); return value; }

/* Puts the VGA into its text mode 3: 80 columns, 25 lines, 16 colours, the screen empty. */
void vga_text(void);

/* Sets the linear mode that the command line asks for, if it does, and enters it into boot_params' screen_info. */
void video_linear(const char *command_line, volatile u8 *boot_params);

#endif
