const MODELS = `486 Broadwell Broadwell-IBRS Broadwell-noTSX Broadwell-noTSX-IBRS Cascadelake-Server
  Cascadelake-Server-noTSX Conroe Cooperlake Denverton Dhyana EPYC EPYC-IBPB EPYC-Milan EPYC-Rome Haswell
  Haswell-IBRS Haswell-noTSX Haswell-noTSX-IBRS Icelake-Server Icelake-Server-noTSX IvyBridge IvyBridge-IBRS
  KnightsMill Nehalem Nehalem-IBRS Opteron_G1 Opteron_G2 Opteron_G3 Opteron_G4 Opteron_G5 Penryn SandyBridge
  SandyBridge-IBRS Skylake-Client Skylake-Client-IBRS Skylake-Client-noTSX-IBRS Skylake-Server
  Skylake-Server-IBRS Skylake-Server-noTSX-IBRS Snowridge Westmere Westmere-IBRS athlon core2duo coreduo
  kvm32 kvm64 n270 pentium pentium2 pentium3 phenom qemu32 qemu64 base host max`.split(/\s+/);

/** Whether `-cpu` takes `name`: one of QEMU's x86 models, with or without a version. */
export function isX86CpuModel(name: string): boolean {
  return MODELS.includes(name.replace(/-v[1-7]$/, ''));
}
