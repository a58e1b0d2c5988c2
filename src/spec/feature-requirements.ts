import { VIRTIO_NET_F as NET } from './net.ts';
import { VIRTIO_ID } from './virtio.ts';

/** A feature bit, and bits of which its driver must accept one too. */
export interface FeatureRequirement {
  readonly feature: number;
  readonly oneOf: readonly number[];
}

const needs = (feature: number, ...oneOf: readonly number[]): FeatureRequirement => ({
  feature,
  oneOf,
});

/** What features require of one another, by virtio ID (VIRTIO 1.4 §2.2.1, VIRTIO 1.4 §5.1.3.1). */
export const FEATURE_REQUIREMENTS: Readonly<Record<number, readonly FeatureRequirement[]>> = {
  [VIRTIO_ID.NET]: [
    needs(NET.VIRTIO_NET_F_GUEST_TSO4, NET.VIRTIO_NET_F_GUEST_CSUM),
    needs(NET.VIRTIO_NET_F_GUEST_TSO6, NET.VIRTIO_NET_F_GUEST_CSUM),
    needs(NET.VIRTIO_NET_F_GUEST_ECN, NET.VIRTIO_NET_F_GUEST_TSO4, NET.VIRTIO_NET_F_GUEST_TSO6),
    needs(NET.VIRTIO_NET_F_GUEST_UFO, NET.VIRTIO_NET_F_GUEST_CSUM),
    needs(NET.VIRTIO_NET_F_HOST_TSO4, NET.VIRTIO_NET_F_CSUM),
    needs(NET.VIRTIO_NET_F_HOST_TSO6, NET.VIRTIO_NET_F_CSUM),
    needs(NET.VIRTIO_NET_F_HOST_ECN, NET.VIRTIO_NET_F_HOST_TSO4, NET.VIRTIO_NET_F_HOST_TSO6),
    needs(NET.VIRTIO_NET_F_HOST_UFO, NET.VIRTIO_NET_F_CSUM),
    needs(NET.VIRTIO_NET_F_CTRL_RX, NET.VIRTIO_NET_F_CTRL_VQ),
    needs(NET.VIRTIO_NET_F_CTRL_VLAN, NET.VIRTIO_NET_F_CTRL_VQ),
    needs(NET.VIRTIO_NET_F_GUEST_ANNOUNCE, NET.VIRTIO_NET_F_CTRL_VQ),
    needs(NET.VIRTIO_NET_F_MQ, NET.VIRTIO_NET_F_CTRL_VQ),
    needs(NET.VIRTIO_NET_F_CTRL_MAC_ADDR, NET.VIRTIO_NET_F_CTRL_VQ),
    needs(NET.VIRTIO_NET_F_RSC_EXT, NET.VIRTIO_NET_F_HOST_TSO4, NET.VIRTIO_NET_F_HOST_TSO6),
    needs(NET.VIRTIO_NET_F_RSS, NET.VIRTIO_NET_F_CTRL_VQ),
  ],
};
