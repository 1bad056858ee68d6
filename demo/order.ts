/** Orders that look like a shop's. */
import { randomInt, randomUUID } from 'node:crypto';

export type Line = { sku: string; title: string; quantity: number; unitPrice: number };

export type Order = {
  orderId: number;
  placedAt: string;
  customer: { id: string; name: string; email: string; country: string };
  lines: Line[];
  total: { amount: number; currency: 'EUR' };
  payment: { method: string; psp: string };
  shipping: { method: string; city: string; postcode: string };
};

/** One of the list, each as likely as another. */
export function pick<T>(list: readonly [T, ...T[]]): T {
  return list[randomInt(list.length)] ?? list[0];
}

type Person = [name: string, country: string, city: string, postcode: string];
type Article = [sku: string, title: string, unitPrice: number];

const people: [Person, ...Person[]] = [
  ['Ada Lindqvist', 'SE', 'Uppsala', '753 10'],
  ['Jonas Weber', 'DE', 'Leipzig', '04109'],
  ['Marta Silva', 'PT', 'Braga', '4700-327'],
  ['Piotr Zieliński', 'PL', 'Gdańsk', '80-831'],
  ['Chloé Martin', 'FR', 'Nantes', '44000'],
  ['Eoin Byrne', 'IE', 'Galway', 'H91 E2R0'],
  ['Sofia Rossi', 'IT', 'Bologna', '40121'],
];

const articles: [Article, ...Article[]] = [
  ['LMP-220', 'Desk lamp, brass', 64.9],
  ['CHR-118', 'Oak chair', 189],
  ['MUG-007', 'Stoneware mug', 14.5],
  ['RUG-430', 'Wool rug 160 × 230', 329],
  ['BKT-051', 'Laundry basket', 39.95],
  ['CUS-312', 'Linen cushion', 27.9],
  ['SHF-602', 'Wall shelf, walnut', 112],
];

/** Continues from the clock, so that a demo started again does not repeat its numbers. */
let lastId = Math.floor(Date.now() / 1000) % 10_000_000;

export function newOrder(): Order {
  lastId += 1;
  const [name, country, city, postcode] = pick(people);
  const lines = Array.from({ length: randomInt(1, 4) }, () => {
    const [sku, title, unitPrice] = pick(articles);
    return { sku, title, quantity: randomInt(1, 4), unitPrice };
  });
  const cents = lines.reduce((sum, line) => sum + Math.round(line.unitPrice * 100) * line.quantity, 0);
  return {
    orderId: lastId,
    placedAt: new Date().toISOString(),
    customer: {
      id: `c-${randomUUID().slice(0, 8)}`,
      name,
      email: `${name.split(' ')[0]?.normalize('NFD').replace(/\W/g, '').toLowerCase()}@example.com`,
      country,
    },
    lines,
    total: { amount: cents / 100, currency: 'EUR' },
    payment: {
      method: pick(['card', 'card', 'card', 'invoice', 'wallet']),
      psp: pick(['northpay', 'paylane']),
    },
    shipping: { method: pick(['standard', 'express', 'pickup']), city, postcode },
  };
}
