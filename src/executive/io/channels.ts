import type { Kernel } from '../kernel.js';
import { SS$_IVCHAN, SS$_NOIOCHAN, SS$_NOPRIV, SS$_NORMAL } from '../starlet/ssdef.js';
import { CCB, CCB$K_LENGTH } from '../structures/device.js';

/**
 * Channels (module IOSUBPAGD): the CCB table in P1 grows down from CTL$GL_CCBBASE; a channel number is the distance of its CCB from
 * there. @source book 18.2; digest ch18 1.1
 */

export type ChannelBlock = ReturnType<typeof CCB.at>;

/** CCB$B_AMOD as what it is: a signed byte, -1 for the channel of the XQP. */
export function channelMode(ccb: ChannelBlock): number {
  return (ccb.CCB$B_AMOD << 24) >> 24;
}

/** The CCB of a channel number. */
export function channelBlock(k: Kernel, channel: number): ChannelBlock {
  return CCB.at(k, k.p1.CTL$GL_CCBBASE - channel);
}

export interface FreeChannel {
  readonly status: number;
  readonly ccb: ChannelBlock;
  readonly channel: number;
}

/** IOC$FFCHAN: the first free CCB from the high end of the table. @returns SS$_NORMAL, SS$_NOIOCHAN. @source digest ch18 2.4, fact 8 */
export function IOC$FFCHAN(k: Kernel): FreeChannel {
  const count = k.p1.CTL$GW_NMIOCH;
  for (let index = 1; index <= count; index += 1) {
    const channel = index * CCB$K_LENGTH;
    const ccb = channelBlock(k, channel);
    if (channelMode(ccb) === 0) return { status: SS$_NORMAL, ccb, channel };
  }
  return { status: SS$_NOIOCHAN, ccb: channelBlock(k, 0), channel: 0 };
}

/** Makes a free CCB the channel to a unit; CTL$GW_CHINDX remembers the highest channel ever used. */
export function claimChannel(k: Kernel, free: FreeChannel, ucb: number, mode: number, status: number): void {
  const { ccb, channel } = free;
  ccb.CCB$L_UCB = ucb;
  ccb.CCB$L_WIND = 0;
  ccb.CCB$W_IOC = 0;
  ccb.CCB$L_DIRP = 0;
  ccb.CCB$B_STS = status;
  ccb.CCB$B_AMOD = mode + 1;
  if (channel > k.p1.CTL$GW_CHINDX) k.p1.CTL$GW_CHINDX = channel;
}

/**
 * IOC$VERIFYCHAN: whether the caller may use a channel.
 *
 * @param number  channel as the caller gave it; the low four bits do not count
 * @returns SS$_NORMAL, SS$_IVCHAN no such channel, SS$_NOPRIV not assigned, or assigned from a more privileged mode
 * @source digest ch18 2.5, 2.7, quirk Q5, fact 22
 */
export function IOC$VERIFYCHAN(k: Kernel, number: number): FreeChannel {
  const channel = number & 0xfff0;
  if (channel === 0 || channel > k.p1.CTL$GW_CHINDX || (number & 0xffff0000) !== 0) {
    return { status: SS$_IVCHAN, ccb: channelBlock(k, 0), channel };
  }
  const ccb = channelBlock(k, channel);
  return { status: channelMode(ccb) > k.callerMode ? SS$_NORMAL : SS$_NOPRIV, ccb, channel };
}
