/** Parameters of the page's URL that leave acts out. */
export const FILTERS = ['q', 'by', 'kind', 'from', 'to'] as const;
