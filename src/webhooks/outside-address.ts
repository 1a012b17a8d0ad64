/** Which addresses subscribers may have: those of others, and nothing that only this side of a network can reach. Pure. */
import ipaddr from 'ipaddr.js';

/** What is allowed. `loopback` is for development: servers of the same machine, and `http`. */
export interface AddressRules {
  readonly loopback: boolean;
}

/** Where a request would go to. */
export type Destination =
  | { readonly kind: 'refused'; readonly reason: string }
  /** Known to be allowed. */
  | { readonly kind: 'allowed' }
  /** A name: allowed where all addresses are that it stands for. */
  | { readonly kind: 'name'; readonly name: string };

const MAX_LENGTH = 2000;

/** All that IPv6 gives to the internet; outside of it stand, among others, IPv4 addresses behind zeros (`::127.0.0.1`). */
const GLOBAL_UNICAST = ipaddr.IPv6.parseCIDR('2000::/3');

/** What machines at Azure have their metadata from, though it is no private address. */
const AZURE_HOST = '168.63.129.16';

/** Judges a URL by itself. */
export function destinationOf(text: string, rules: AddressRules): Destination {
  // Those a parser of URLs would leave out, or write otherwise: it is the URL as it stands that is kept.
  if (/[\s\p{C}]/u.test(text)) return refused('must not hold spaces or control characters');
  const url = text.length <= MAX_LENGTH ? URL.parse(text) : null;
  if (!url) return refused('must be a URL');
  if (url.username !== '' || url.password !== '') return refused('must not hold a name or a password');
  if (url.hash !== '') return refused('must not have a fragment');
  // Written as numbers of whatever base, an IPv4 address was put into its plain form by the parser.
  const host = url.hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
  const isAddress = ipaddr.isValid(host);
  const isHere = isAddress ? isLoopback(host) : /^(.+\.)?localhost$/.test(host);
  if (isHere && rules.loopback) return { kind: 'allowed' };
  if (url.protocol !== 'https:') return refused('must begin with https://');
  if (isAddress && !isPublic(host)) return refused('must not lead to a private address');
  if (isHere || !(isAddress || host.includes('.'))) return refused('must name a server of the internet');
  return isAddress ? { kind: 'allowed' } : { kind: 'name', name: host };
}

function refused(reason: string): Destination {
  return { kind: 'refused', reason };
}

/** Of the internet at large: not private, local, of metadata, reserved, or leading to such an address by another. */
export function isPublic(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  const parsed = ipaddr.process(address);
  if (parsed.range() !== 'unicast') return false;
  return parsed instanceof ipaddr.IPv6 ? parsed.match(GLOBAL_UNICAST) : parsed.toString() !== AZURE_HOST;
}

function isLoopback(address: string): boolean {
  return ipaddr.process(address).range() === 'loopback';
}
