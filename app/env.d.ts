/** Types of what the bundler resolves (CSS modules), so that `tsc` needs no earlier build. */
/// <reference types="next" />
/// <reference types="next/types/global" />
