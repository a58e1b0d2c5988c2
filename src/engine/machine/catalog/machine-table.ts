/** Machine types in the order of `-M help`: `program name text`. */
export const MACHINES = `
x microvm microvm (i386)
x pc Standard PC (i440FX + PIIX, 1996) (alias of pc-i440fx-7.2)
x pc-i440fx-7.2 Standard PC (i440FX + PIIX, 1996) (default)
x pc-i440fx-7.1 Standard PC (i440FX + PIIX, 1996)
x pc-i440fx-7.0 Standard PC (i440FX + PIIX, 1996)
x pc-i440fx-6.2 Standard PC (i440FX + PIIX, 1996)
x pc-i440fx-6.1 Standard PC (i440FX + PIIX, 1996)
x pc-i440fx-6.0 Standard PC (i440FX + PIIX, 1996)
x pc-i440fx-5.2 Standard PC (i440FX + PIIX, 1996)
x pc-i440fx-5.1 Standard PC (i440FX + PIIX, 1996)
x pc-i440fx-5.0 Standard PC (i440FX + PIIX, 1996)
x pc-i440fx-4.2 Standard PC (i440FX + PIIX, 1996)
x pc-i440fx-4.1 Standard PC (i440FX + PIIX, 1996)
x pc-i440fx-4.0 Standard PC (i440FX + PIIX, 1996)
x pc-i440fx-3.1 Standard PC (i440FX + PIIX, 1996)
x pc-i440fx-3.0 Standard PC (i440FX + PIIX, 1996)
x pc-i440fx-2.9 Standard PC (i440FX + PIIX, 1996)
x pc-i440fx-2.8 Standard PC (i440FX + PIIX, 1996)
x pc-i440fx-2.7 Standard PC (i440FX + PIIX, 1996)
x pc-i440fx-2.6 Standard PC (i440FX + PIIX, 1996)
x pc-i440fx-2.5 Standard PC (i440FX + PIIX, 1996)
x pc-i440fx-2.4 Standard PC (i440FX + PIIX, 1996)
x pc-i440fx-2.3 Standard PC (i440FX + PIIX, 1996)
x pc-i440fx-2.2 Standard PC (i440FX + PIIX, 1996)
x pc-i440fx-2.12 Standard PC (i440FX + PIIX, 1996)
x pc-i440fx-2.11 Standard PC (i440FX + PIIX, 1996)
x pc-i440fx-2.10 Standard PC (i440FX + PIIX, 1996)
x pc-i440fx-2.1 Standard PC (i440FX + PIIX, 1996)
x pc-i440fx-2.0 Standard PC (i440FX + PIIX, 1996)
x pc-i440fx-1.7 Standard PC (i440FX + PIIX, 1996) (deprecated)
x pc-i440fx-1.6 Standard PC (i440FX + PIIX, 1996) (deprecated)
x pc-i440fx-1.5 Standard PC (i440FX + PIIX, 1996) (deprecated)
x pc-i440fx-1.4 Standard PC (i440FX + PIIX, 1996) (deprecated)
x q35 Standard PC (Q35 + ICH9, 2009) (alias of pc-q35-7.2)
x pc-q35-7.2 Standard PC (Q35 + ICH9, 2009)
x pc-q35-7.1 Standard PC (Q35 + ICH9, 2009)
x pc-q35-7.0 Standard PC (Q35 + ICH9, 2009)
x pc-q35-6.2 Standard PC (Q35 + ICH9, 2009)
x pc-q35-6.1 Standard PC (Q35 + ICH9, 2009)
x pc-q35-6.0 Standard PC (Q35 + ICH9, 2009)
x pc-q35-5.2 Standard PC (Q35 + ICH9, 2009)
x pc-q35-5.1 Standard PC (Q35 + ICH9, 2009)
x pc-q35-5.0 Standard PC (Q35 + ICH9, 2009)
x pc-q35-4.2 Standard PC (Q35 + ICH9, 2009)
x pc-q35-4.1 Standard PC (Q35 + ICH9, 2009)
x pc-q35-4.0.1 Standard PC (Q35 + ICH9, 2009)
x pc-q35-4.0 Standard PC (Q35 + ICH9, 2009)
x pc-q35-3.1 Standard PC (Q35 + ICH9, 2009)
x pc-q35-3.0 Standard PC (Q35 + ICH9, 2009)
x pc-q35-2.9 Standard PC (Q35 + ICH9, 2009)
x pc-q35-2.8 Standard PC (Q35 + ICH9, 2009)
x pc-q35-2.7 Standard PC (Q35 + ICH9, 2009)
x pc-q35-2.6 Standard PC (Q35 + ICH9, 2009)
x pc-q35-2.5 Standard PC (Q35 + ICH9, 2009)
x pc-q35-2.4 Standard PC (Q35 + ICH9, 2009)
x pc-q35-2.12 Standard PC (Q35 + ICH9, 2009)
x pc-q35-2.11 Standard PC (Q35 + ICH9, 2009)
x pc-q35-2.10 Standard PC (Q35 + ICH9, 2009)
x isapc ISA-only PC
x none empty machine
x x-remote Experimental remote machine
a akita Sharp SL-C1000 (Akita) PDA (PXA270)
a ast1030-evb Aspeed AST1030 MiniBMC (Cortex-M4)
a ast2500-evb Aspeed AST2500 EVB (ARM1176)
a ast2600-evb Aspeed AST2600 EVB (Cortex-A7)
a bletchley-bmc Facebook Bletchley BMC (Cortex-A7)
a borzoi Sharp SL-C3100 (Borzoi) PDA (PXA270)
a canon-a1100 Canon PowerShot A1100 IS (ARM946)
a cheetah Palm Tungsten|E aka. Cheetah PDA (OMAP310)
a collie Sharp SL-5500 (Collie) PDA (SA-1110)
a connex Gumstix Connex (PXA255)
a cubieboard cubietech cubieboard (Cortex-A8)
a emcraft-sf2 SmartFusion2 SOM kit from Emcraft (M2S010)
a fby35-bmc Facebook fby35 BMC (Cortex-A7)
a fby35 Meta Platforms fby35
a fp5280g2-bmc Inspur FP5280G2 BMC (ARM1176)
a fuji-bmc Facebook Fuji BMC (Cortex-A7)
a g220a-bmc Bytedance G220A BMC (ARM1176)
a highbank Calxeda Highbank (ECX-1000)
a imx25-pdk ARM i.MX25 PDK board (ARM926)
a integratorcp ARM Integrator/CP (ARM926EJ-S)
a kudo-bmc Kudo BMC (Cortex-A9)
a kzm ARM KZM Emulation Baseboard (ARM1136)
a lm3s6965evb Stellaris LM3S6965EVB (Cortex-M3)
a lm3s811evb Stellaris LM3S811EVB (Cortex-M3)
a mainstone Mainstone II (PXA27x)
a mcimx6ul-evk Freescale i.MX6UL Evaluation Kit (Cortex-A7)
a mcimx7d-sabre Freescale i.MX7 DUAL SABRE (Cortex-A7)
a microbit BBC micro:bit (Cortex-M0)
a midway Calxeda Midway (ECX-2000)
a mori-bmc Mori BMC (Cortex-A9)
a mps2-an385 ARM MPS2 with AN385 FPGA image for Cortex-M3
a mps2-an386 ARM MPS2 with AN386 FPGA image for Cortex-M4
a mps2-an500 ARM MPS2 with AN500 FPGA image for Cortex-M7
a mps2-an505 ARM MPS2 with AN505 FPGA image for Cortex-M33
a mps2-an511 ARM MPS2 with AN511 DesignStart FPGA image for Cortex-M3
a mps2-an521 ARM MPS2 with AN521 FPGA image for dual Cortex-M33
a mps3-an524 ARM MPS3 with AN524 FPGA image for dual Cortex-M33
a mps3-an547 ARM MPS3 with AN547 FPGA image for Cortex-M55
a musca-a ARM Musca-A board (dual Cortex-M33)
a musca-b1 ARM Musca-B1 board (dual Cortex-M33)
a musicpal Marvell 88w8618 / MusicPal (ARM926EJ-S)
a n800 Nokia N800 tablet aka. RX-34 (OMAP2420)
a n810 Nokia N810 tablet aka. RX-44 (OMAP2420)
a netduino2 Netduino 2 Machine (Cortex-M3)
a netduinoplus2 Netduino Plus 2 Machine (Cortex-M4)
a none empty machine
a npcm750-evb Nuvoton NPCM750 Evaluation Board (Cortex-A9)
a nuri Samsung NURI board (Exynos4210)
a orangepi-pc Orange Pi PC (Cortex-A7)
a palmetto-bmc OpenPOWER Palmetto BMC (ARM926EJ-S)
a qcom-dc-scm-v1-bmc Qualcomm DC-SCM V1 BMC (Cortex A7)
a qcom-firework-bmc Qualcomm DC-SCM V1/Firework BMC (Cortex A7)
a quanta-gbs-bmc Quanta GBS (Cortex-A9)
a quanta-gsj Quanta GSJ (Cortex-A9)
a quanta-q71l-bmc Quanta-Q71l BMC (ARM926EJ-S)
a rainier-bmc IBM Rainier BMC (Cortex-A7)
a raspi0 Raspberry Pi Zero (revision 1.2)
a raspi1ap Raspberry Pi A+ (revision 1.1)
a raspi2b Raspberry Pi 2B (revision 1.1)
a raspi3ap Raspberry Pi 3A+ (revision 1.0)
a raspi3b Raspberry Pi 3B (revision 1.2)
a realview-eb ARM RealView Emulation Baseboard (ARM926EJ-S)
a realview-eb-mpcore ARM RealView Emulation Baseboard (ARM11MPCore)
a realview-pb-a8 ARM RealView Platform Baseboard for Cortex-A8
a realview-pbx-a9 ARM RealView Platform Baseboard Explore for Cortex-A9
a romulus-bmc OpenPOWER Romulus BMC (ARM1176)
a sabrelite Freescale i.MX6 Quad SABRE Lite Board (Cortex-A9)
a sbsa-ref QEMU 'SBSA Reference' ARM Virtual Machine
a smdkc210 Samsung SMDKC210 board (Exynos4210)
a sonorapass-bmc OCP SonoraPass BMC (ARM1176)
a spitz Sharp SL-C3000 (Spitz) PDA (PXA270)
a stm32vldiscovery ST STM32VLDISCOVERY (Cortex-M3)
a supermicrox11-bmc Supermicro X11 BMC (ARM926EJ-S)
a sx1 Siemens SX1 (OMAP310) V2
a sx1-v1 Siemens SX1 (OMAP310) V1
a tacoma-bmc OpenPOWER Tacoma BMC (Cortex-A7)
a terrier Sharp SL-C3200 (Terrier) PDA (PXA270)
a tosa Sharp SL-6000 (Tosa) PDA (PXA255)
a verdex Gumstix Verdex (PXA270)
a versatileab ARM Versatile/AB (ARM926EJ-S)
a versatilepb ARM Versatile/PB (ARM926EJ-S)
a vexpress-a15 ARM Versatile Express for Cortex-A15
a vexpress-a9 ARM Versatile Express for Cortex-A9
a virt-2.10 QEMU 2.10 ARM Virtual Machine
a virt-2.11 QEMU 2.11 ARM Virtual Machine
a virt-2.12 QEMU 2.12 ARM Virtual Machine
a virt-2.6 QEMU 2.6 ARM Virtual Machine
a virt-2.7 QEMU 2.7 ARM Virtual Machine
a virt-2.8 QEMU 2.8 ARM Virtual Machine
a virt-2.9 QEMU 2.9 ARM Virtual Machine
a virt-3.0 QEMU 3.0 ARM Virtual Machine
a virt-3.1 QEMU 3.1 ARM Virtual Machine
a virt-4.0 QEMU 4.0 ARM Virtual Machine
a virt-4.1 QEMU 4.1 ARM Virtual Machine
a virt-4.2 QEMU 4.2 ARM Virtual Machine
a virt-5.0 QEMU 5.0 ARM Virtual Machine
a virt-5.1 QEMU 5.1 ARM Virtual Machine
a virt-5.2 QEMU 5.2 ARM Virtual Machine
a virt-6.0 QEMU 6.0 ARM Virtual Machine
a virt-6.1 QEMU 6.1 ARM Virtual Machine
a virt-6.2 QEMU 6.2 ARM Virtual Machine
a virt-7.0 QEMU 7.0 ARM Virtual Machine
a virt-7.1 QEMU 7.1 ARM Virtual Machine
a virt QEMU 7.2 ARM Virtual Machine (alias of virt-7.2)
a virt-7.2 QEMU 7.2 ARM Virtual Machine
a witherspoon-bmc OpenPOWER Witherspoon BMC (ARM1176)
a xilinx-zynq-a9 Xilinx Zynq Platform Baseboard for Cortex-A9
a xlnx-versal-virt Xilinx Versal Virtual development board
a xlnx-zcu102 Xilinx ZynqMP ZCU102 board with 4xA53s and 2xR5Fs based on the value of smp
a z2 Zipit Z2 (PXA27x)
s none empty machine
s s390-ccw-virtio-2.10 Virtual s390x machine (version 2.10)
s s390-ccw-virtio-2.11 Virtual s390x machine (version 2.11)
s s390-ccw-virtio-2.12 Virtual s390x machine (version 2.12)
s s390-ccw-virtio-2.4 Virtual s390x machine (version 2.4)
s s390-ccw-virtio-2.5 Virtual s390x machine (version 2.5)
s s390-ccw-virtio-2.6 Virtual s390x machine (version 2.6)
s s390-ccw-virtio-2.7 Virtual s390x machine (version 2.7)
s s390-ccw-virtio-2.8 Virtual s390x machine (version 2.8)
s s390-ccw-virtio-2.9 Virtual s390x machine (version 2.9)
s s390-ccw-virtio-3.0 Virtual s390x machine (version 3.0)
s s390-ccw-virtio-3.1 Virtual s390x machine (version 3.1)
s s390-ccw-virtio-4.0 Virtual s390x machine (version 4.0)
s s390-ccw-virtio-4.1 Virtual s390x machine (version 4.1)
s s390-ccw-virtio-4.2 Virtual s390x machine (version 4.2)
s s390-ccw-virtio-5.0 Virtual s390x machine (version 5.0)
s s390-ccw-virtio-5.1 Virtual s390x machine (version 5.1)
s s390-ccw-virtio-5.2 Virtual s390x machine (version 5.2)
s s390-ccw-virtio-6.0 Virtual s390x machine (version 6.0)
s s390-ccw-virtio-6.1 Virtual s390x machine (version 6.1)
s s390-ccw-virtio-6.2 Virtual s390x machine (version 6.2)
s s390-ccw-virtio-7.0 Virtual s390x machine (version 7.0)
s s390-ccw-virtio-7.1 Virtual s390x machine (version 7.1)
s s390-ccw-virtio Virtual s390x machine (version 7.2) (alias of s390-ccw-virtio-7.2)
s s390-ccw-virtio-7.2 Virtual s390x machine (version 7.2) (default)
r microchip-icicle-kit Microchip PolarFire SoC Icicle Kit
r none empty machine
r shakti_c RISC-V Board compatible with Shakti SDK
r sifive_e RISC-V Board compatible with SiFive E SDK
r sifive_u RISC-V Board compatible with SiFive U SDK
r spike RISC-V Spike board (default)
r virt RISC-V VirtIO board
`;
