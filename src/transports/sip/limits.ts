/** RFC 3261 §18.1.1: no message is longer than a UDP packet may be, on whatever transport. */
export const MAX_MESSAGE_BYTES = 65_535;

/** More than any phone or proxy writes; a message with more is nobody's who means well. */
export const MAX_HEADERS = 200;

/** Of one header field, unfolded: 64 Via of 128 bytes fit. */
export const MAX_HEADER_BYTES = 8_192;

/** RFC 3261 §18.1.1: larger requests need a transport with congestion control. */
export const MAX_UDP_REQUEST_BYTES = 1_300;
