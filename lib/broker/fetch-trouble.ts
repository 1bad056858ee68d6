/** Why a `fetch` failed on the way, where it is about TLS, and what to do, in words. Pure. */

export interface Trouble {
  /** `it shows a certificate that Hoplight does not trust` */
  what: string;
  next: string;
}

/** Of Node's and OpenSSL's error codes; null: TLS is not why. `setting`: the variable that has the address. */
export function tlsTrouble(code: string, setting: string): Trouble | null {
  if (UNTRUSTED.has(code))
    return {
      what: `it shows a certificate that Hoplight does not trust (${code})`,
      next: 'Start Hoplight with NODE_EXTRA_CA_CERTS=/path/to/ca.pem, the certificate of the authority that signed it.',
    };
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID')
    return {
      what: `its certificate is for another host name (${code})`,
      next: `Name the host in ${setting} as the certificate does, or give the node one for this name.`,
    };
  if (code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID')
    return {
      what: `its certificate ${code === 'CERT_HAS_EXPIRED' ? 'has expired' : 'is not valid yet'} (${code})`,
      next: 'Renew the node’s certificate, and look at the clocks of both machines.',
    };
  if (NO_TLS.has(code))
    return {
      what: `it does not speak TLS (${code})`,
      next: `Write http:// in ${setting}, or the port at which it takes TLS.`,
    };
  if (NO_HTTP.test(code))
    return {
      what: `it does not speak HTTP (${code})`,
      next: `Write https:// in ${setting} if that port takes TLS, else the right port.`,
    };
  if (CLIENT_CERTIFICATE.test(code))
    return {
      what: `it asks for a client’s certificate, and Hoplight has none (${code})`,
      next: 'Let the node take clients without one (ssl_options.fail_if_no_peer_cert = false at that listener).',
    };
  return null;
}

const UNTRUSTED = new Set([
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'CERT_UNTRUSTED',
]);
const NO_TLS = new Set(['ERR_SSL_WRONG_VERSION_NUMBER', 'ERR_SSL_PACKET_LENGTH_TOO_LONG', 'EPROTO']);
const NO_HTTP = /^HPE_/;
const CLIENT_CERTIFICATE = /CERTIFICATE_REQUIRED$/;

/** The system's, Node's or OpenSSL's code of why a `fetch` failed; '' when there is none. */
export function causeCode(error: unknown): string {
  if (!(error instanceof Error)) return '';
  if (error.name === 'TimeoutError') return 'TIMEOUT';
  const { cause } = error;
  return cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : '';
}
