import { add, alter, drop, type Entry, rename } from './entry.ts';

/** What is sold: texts become days and money, and orders get another name. */
export const ORDERS: readonly Entry[] = [
  {
    operations: [
      alter('order', 'order_date', { type: 'timestamp' }),
      alter('order', 'required_date', { type: 'timestamp' }),
      alter('order', 'shipped_date', { type: 'timestamp' }),
    ],
    conversions: { 'order.shipped_date': { map: { NULL: null } } },
    byHand: `
      alter table "order"
        alter order_date type timestamptz using order_date::timestamptz,
        alter required_date type timestamptz using required_date::timestamptz,
        alter shipped_date type timestamptz using nullif(shipped_date, 'NULL')::timestamptz`,
  },
  {
    operations: [alter('order', 'freight', { type: 'decimal' }), drop('order', 'customer_key')],
    byHand: `
      alter table "order"
        alter freight type numeric using freight::text::numeric,
        drop customer_key`,
  },
  {
    operations: [
      alter('order', 'order_date', { type: 'date', required: true, index: true }),
      alter('order', 'required_date', { type: 'date' }),
    ],
    byHand: `
      alter table "order"
        alter order_date type date using order_date::date,
        alter order_date set not null,
        alter required_date type date using required_date::date`,
  },
  {
    operations: [alter('order', 'ship_region', { maxLength: 20 })],
    conversions: { 'order.ship_region': { map: { NULL: null } } },
    byHand: `update "order" set ship_region = null where ship_region = 'NULL'`,
  },
  {
    operations: [alter('order', 'ship_country', { type: 'reference', to: 'country' })],
    conversions: { 'order.ship_country': { match: 'name' } },
    byHand: `
      alter table "order" add ship_to bigint references country;
      update "order" set ship_to = country.id from country where country.name = ship_country;
      alter table "order" drop ship_country;
      alter table "order" rename ship_to to ship_country`,
  },
  {
    operations: [
      rename('order', 'ship_country', 'land'),
      rename('order', 'ship_city', 'ship_region_2'),
      rename('order', 'ship_region', 'ship_city'),
      rename('order', 'ship_region_2', 'ship_region'),
    ],
    byHand: `
      alter table "order" rename ship_country to land;
      alter table "order" rename ship_city to ship_region_2;
      alter table "order" rename ship_region to ship_city;
      alter table "order" rename ship_region_2 to ship_region`,
  },
  {
    operations: [alter('order', 'freight', { precision: 12, scale: 4, min: '0' })],
    byHand: 'alter table "order" alter freight type numeric(12, 4), add check (freight >= 0)',
  },
  {
    operations: [{ op: 'renameModel', from: 'order', to: 'sale' }],
    byHand: 'alter table "order" rename to sale',
  },
  {
    operations: [alter('sale', 'customer', { required: true, index: true, onDelete: 'cascade' })],
    byHand: `
      alter table sale
        alter customer set not null,
        drop constraint order_customer_fkey,
        add foreign key (customer) references customer on delete cascade;
      create index on sale (customer)`,
  },
  {
    write: [
      'POST',
      'sale',
      [
        { id: '20000', customer: '92', order_date: '1998-05-07', freight: '3.5', products: ['5', '3'] },
        { id: 'Ä 1/2', customer: '93', order_date: '1998-05-08', shipped_date: '1998-05-08T23:30:00+02:00' },
      ],
    ],
    byHand: `
      insert into sale (id, customer, order_date, freight, products, shipped_date)
      values
        ('20000', 92, '1998-05-07', 3.5, '{5,3}', null),
        ('Ä 1/2', 93, '1998-05-08', null, '{}', '1998-05-08 21:30:00+00')`,
  },
  {
    operations: [{ op: 'renameModel', from: 'order_line', to: 'line' }, rename('line', 'order', 'sale')],
    byHand: `
      alter table order_line rename to line;
      alter table line rename "order" to sale`,
  },
  {
    operations: [{ op: 'alignNames', model: 'line' }],
    byHand: '',
  },
  {
    operations: [
      alter('line', 'unit_price', { type: 'decimal', precision: 10, scale: 2 }),
      alter('line', 'discount', { type: 'decimal', precision: 4, scale: 2 }),
    ],
    byHand: 'alter table line alter unit_price type numeric(10, 2), alter discount type numeric(4, 2)',
  },
  {
    operations: [{ op: 'addUnique', model: 'line', fields: ['sale', 'product'] }],
    byHand: 'alter table line add unique (sale, product)',
  },
  {
    operations: [
      add('line', {
        name: 'amount',
        type: 'computed',
        expression: 'round(unit_price * quantity * (1 - discount), 2)',
      }),
    ],
    byHand: `
      alter table line add amount numeric
        generated always as (round(unit_price * quantity * (1 - discount), 2)) stored`,
  },
  {
    write: ['POST', 'line', { sale: '20000', product: '5', unit_price: '9.99', discount: '0', quantity: 3 }],
    byHand: `
      insert into line (id, sale, product, unit_price, discount, quantity)
      values (2156, '20000', 5, 9.99, 0, 3)`,
  },
  {
    operations: [alter('line', 'discount', { min: '0', max: '1', default: '0', required: true })],
    byHand: `
      alter table line
        alter discount set default 0,
        alter discount set not null,
        add check (discount between 0 and 1)`,
  },
  {
    operations: [
      alter('line', 'amount', { expression: 'unit_price * quantity - round(unit_price * discount, 1)' }),
    ],
    byHand: `
      alter table line drop amount;
      alter table line add amount numeric
        generated always as (unit_price * quantity - round(unit_price * discount, 1)) stored`,
  },
  {
    // What is computed from it moves along.
    operations: [alter('line', 'quantity', { type: 'bigint', min: '1' })],
    byHand: `
      alter table line drop amount;
      alter table line alter quantity type bigint, add check (quantity >= 1);
      alter table line add amount numeric
        generated always as (unit_price * quantity - round(unit_price * discount, 1)) stored`,
  },
  {
    // Deleting a sale takes its lines, and leaves its customer without a last one.
    write: ['DELETE', 'sale/11077'],
    byHand: "delete from sale where id = '11077'",
  },
  {
    operations: [alter('sale', 'shipped_date', { type: 'text' })],
    byHand: `
      alter table sale alter shipped_date type text
        using to_char(shipped_date at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')`,
  },
  {
    operations: [alter('sale', 'freight', { precision: 12, scale: 1 })],
    byHand: 'alter table sale alter freight type numeric(12, 1)',
  },
  {
    operations: [
      { op: 'dropUnique', model: 'line', fields: ['sale', 'product'] },
      drop('line', 'amount'),
      alter('line', 'quantity', { type: 'text', min: null }),
    ],
    byHand: `
      alter table line drop constraint line_sale_product_key, drop constraint line_quantity_check;
      alter table line drop amount;
      alter table line alter quantity type text`,
  },
  {
    write: ['PATCH', 'line/2156', { quantity: ' 012 ' }],
    byHand: "update line set quantity = ' 012 ' where id = 2156",
  },
  {
    operations: [alter('line', 'quantity', { type: 'integer', default: 1, required: true })],
    byHand: `
      alter table line
        alter quantity type integer using quantity::integer,
        alter quantity set default 1,
        alter quantity set not null`,
  },
  {
    operations: [alter('sale', 'shipped_date', { type: 'date' })],
    conversions: { 'sale.shipped_date': { onError: { default: '1998-05-09' } } },
    byHand: `
      alter table sale alter shipped_date type date
        using case when shipped_date is not null then '1998-05-09'::date end`,
  },
  {
    operations: [alter('sale', 'required_date', { type: 'timestamp' })],
    byHand: 'alter table sale alter required_date type timestamptz',
  },
  {
    operations: [alter('sale', 'required_date', { type: 'time' })],
    byHand: 'alter table sale alter required_date type time using required_date::time',
  },
  {
    operations: [alter('sale', 'land', { type: 'text', to: null, onDelete: null })],
    conversions: { 'sale.land': { match: 'name' } },
    byHand: `
      alter table sale drop constraint order_ship_to_fkey;
      alter table sale alter land type text;
      update sale set land = country.name from country where country.id::text = land`,
  },
];
