/** Version of QEMU that the machine is modelled on. */
export const QEMU_VERSION = '7.2.22';

/** The package that the recorded answers come from. */
export const QEMU_PACKAGE = 'Debian 1:7.2+dfsg-7+deb12u18+b3';
