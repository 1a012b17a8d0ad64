const text = (...names: readonly string[]) => names.map((name) => ({ name, type: 'text' }));
const of = (type: string, ...names: readonly string[]) => names.map((name) => ({ name, type }));
const reference = (name: string) => ({ name, type: 'reference', to: name });

/** Northwind as its source has it: every field of the type that its values have there. */
export const DEFINITIONS = [
  {
    name: 'customer',
    key: 'bigint',
    fields: [
      ...text('customer_key', 'company_name', 'contact_name', 'contact_title', 'street', 'city', 'region'),
      ...text('postal_code', 'country', 'phone'),
      { name: 'last_order', type: 'reference', to: 'order', onDelete: 'setNull' },
    ],
  },
  {
    name: 'order',
    key: 'text',
    fields: [
      reference('customer'),
      reference('shipper'),
      { name: 'products', type: 'references', to: 'product', onDelete: 'restrict' },
      ...text('customer_key', 'order_date', 'required_date', 'shipped_date'),
      ...of('float', 'freight'),
      ...text('ship_name', 'ship_street', 'ship_city', 'ship_region', 'ship_postal_code', 'ship_country'),
    ],
  },
  {
    name: 'order_line',
    key: 'bigint',
    fields: [
      { ...reference('order'), onDelete: 'cascade' },
      reference('product'),
      ...of('float', 'unit_price', 'discount'),
      ...of('integer', 'quantity'),
    ],
  },
  {
    name: 'product',
    key: 'bigint',
    fields: [
      ...text('name', 'quantity_per_unit'),
      reference('supplier'),
      reference('category'),
      ...of('float', 'unit_price'),
      ...of('integer', 'units_in_stock', 'units_on_order', 'reorder_level'),
      ...of('boolean', 'discontinued'),
    ],
  },
  { name: 'category', key: 'bigint', fields: text('name', 'description') },
  { name: 'shipper', key: 'bigint', fields: text('company_name', 'phone') },
  {
    name: 'supplier',
    key: 'bigint',
    fields: [
      ...text('company_name', 'contact_name', 'contact_title', 'street', 'city', 'region', 'postal_code'),
      ...text('country', 'phone'),
    ],
  },
];

/** The same tables in SQL; a list is an array in its record. */
export const TABLES = `
  create table category (id bigint primary key, name text, description text);
  create table shipper (id bigint primary key, company_name text, phone text);
  create table supplier (
    id bigint primary key, company_name text, contact_name text, contact_title text, street text, city text,
    region text, postal_code text, country text, phone text
  );
  create table product (
    id bigint primary key, name text, quantity_per_unit text, supplier bigint references supplier,
    category bigint references category, unit_price double precision, units_in_stock integer,
    units_on_order integer, reorder_level integer, discontinued boolean
  );
  create table customer (
    id bigint primary key, customer_key text, company_name text, contact_name text, contact_title text,
    street text, city text, region text, postal_code text, country text, phone text, last_order text
  );
  create table "order" (
    id text primary key, customer bigint references customer, shipper bigint references shipper,
    products bigint[], customer_key text, order_date text, required_date text, shipped_date text,
    freight double precision, ship_name text, ship_street text, ship_city text, ship_region text,
    ship_postal_code text, ship_country text
  );
  create table order_line (
    id bigint primary key, "order" text references "order" on delete cascade, product bigint references product,
    unit_price double precision, discount double precision, quantity integer
  );`;
