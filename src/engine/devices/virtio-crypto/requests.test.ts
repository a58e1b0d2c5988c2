import { expect, test } from 'vitest';
import {
  VIRTIO_CRYPTO_ALGO as ALGO,
  VIRTIO_CRYPTO_OP as OP,
  VIRTIO_CRYPTO_STATUS as S,
  VIRTIO_CRYPTO_SYM_OP as SYM,
} from '../../../spec/crypto.ts';
import { DeviceRig } from '../../../testing/device-rig.ts';

const CRYPTO = '-object cryptodev-backend-builtin,id=c -device virtio-crypto-pci,cryptodev=c';
const hex = (text: string) => new Uint8Array(Buffer.from(text, 'hex'));
// FIPS 197, appendix C.1.
const KEY = hex('000102030405060708090a0b0c0d0e0f');
const PLAIN = hex('00112233445566778899aabbccddeeff');
const SECRET = hex('69c4e0d86a7b0430d8cdb78070b4c55a');

/** Starts the device with its two queues. */
function crypto() {
  const rig = new DeviceRig(CRYPTO);
  const [data, control] = rig.startQueues(2);
  if (!data || !control) throw new Error('no queues');
  return {
    rig,
    session(direction: number, key = KEY) {
      const request = rig.buffer(72).fill(0).u32(0, OP.CIPHER_CREATE_SESSION);
      request.u32(16, ALGO.CIPHER_AES_ECB).u32(20, key.length).u32(24, direction);
      request.u32(64, SYM.CIPHER);
      const answer = rig.buffer(16);
      expect(rig.send(control, [request, rig.buffer(key)], [answer])).toBe(16);
      return { id: answer.u32(0), status: answer.u32(8) };
    },
    destroy(id: number) {
      const request = rig.buffer(72).fill(0).u32(0, OP.CIPHER_DESTROY_SESSION).u32(16, id);
      const answer = rig.buffer(1);
      rig.send(control, [request], [answer]);
      return answer.u8(0);
    },
    apply(opcode: number, id: number, source: Uint8Array) {
      const request = rig.buffer(72).fill(0).u32(0, opcode).u32(8, id);
      request.u32(28, source.length).u32(32, source.length).u32(64, SYM.CIPHER);
      const [target, status] = [rig.buffer(source.length), rig.buffer(1)];
      rig.send(data, [request, rig.buffer(source)], [target, status]);
      return { status: status.u8(0), bytes: target.bytes().slice() };
    },
  };
}

test('[5.9.9.6] a session encrypts, another decrypts', () => {
  const { session, apply } = crypto();
  const encrypt = session(1);
  const decrypt = session(2);
  expect([encrypt.status, decrypt.status]).toEqual([S.OK, S.OK]);
  expect(apply(OP.CIPHER_ENCRYPT, encrypt.id, PLAIN)).toEqual({ status: S.OK, bytes: SECRET });
  expect(apply(OP.CIPHER_DECRYPT, decrypt.id, SECRET)).toEqual({ status: S.OK, bytes: PLAIN });
});

test('[5.9.9.2.1.7] a key of a wrong length makes no session', () => {
  expect(crypto().session(1, KEY.subarray(1)).status).toBe(S.ERR);
});

test('[5.9.9.2.1.9] a session ends once', () => {
  const { session, destroy } = crypto();
  const { id } = session(1);
  expect([destroy(id), destroy(id)]).toEqual([S.OK, S.ERR]);
});

test('[5.9.9.6.2] what refers to no session is refused', () => {
  expect(crypto().apply(OP.CIPHER_ENCRYPT, 77, PLAIN).status).toBe(S.INVSESS);
});

test('[5.9.9] a request without its fields stops the device', () => {
  const { rig } = crypto();
  const [data] = rig.startQueues(2);
  if (data) expect(rig.send(data, [rig.buffer(20)], [rig.buffer(1)])).toBe(-1);
  expect(rig.device.broken).toBe(true);
  expect(rig.events('violation').map(({ queue }) => queue)).toEqual([0]);
});
