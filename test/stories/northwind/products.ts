import { add, alter, drop, type Entry, rename } from './entry.ts';

/** What is on offer: numbers change their types there and back, and lists come in. */
export const PRODUCTS: readonly Entry[] = [
  {
    operations: [
      alter('product', 'unit_price', { type: 'decimal', precision: 10, scale: 2, required: true }),
      rename('product', 'unit_price', 'price'),
    ],
    byHand: `
      alter table product alter unit_price type numeric(10, 2), alter unit_price set not null;
      alter table product rename unit_price to price`,
  },
  {
    operations: [
      alter('product', 'name', { required: true, unique: true, minLength: 3, maxLength: 60 }),
      alter('product', 'reorder_level', { required: true, min: 0, default: 10 }),
    ],
    byHand: `
      alter table product
        alter name set not null,
        add unique (name),
        add check (char_length(name) between 3 and 60),
        alter reorder_level set not null,
        add check (reorder_level >= 0),
        alter reorder_level set default 10`,
  },
  {
    operations: [alter('product', 'units_in_stock', { type: 'bigint' })],
    byHand: 'alter table product alter units_in_stock type bigint',
  },
  {
    operations: [alter('product', 'discontinued', { type: 'integer' })],
    byHand: 'alter table product alter discontinued type integer using discontinued::integer',
  },
  {
    operations: [alter('product', 'units_in_stock', { type: 'decimal', precision: 9, scale: 3 })],
    byHand: 'alter table product alter units_in_stock type numeric(9, 3)',
  },
  {
    operations: [alter('product', 'discontinued', { type: 'text' })],
    byHand: 'alter table product alter discontinued type text',
  },
  {
    write: ['PATCH', 'product/1', { units_in_stock: '39.5', discontinued: 'soon' }],
    byHand: "update product set units_in_stock = 39.5, discontinued = 'soon' where id = 1",
  },
  {
    operations: [alter('product', 'units_in_stock', { type: 'integer', precision: null, scale: null })],
    byHand: 'alter table product alter units_in_stock type integer using round(units_in_stock)::integer',
  },
  {
    operations: [alter('product', 'discontinued', { type: 'boolean', default: false })],
    conversions: { 'product.discontinued': { map: { soon: null } } },
    byHand: `
      alter table product alter discontinued type boolean
        using nullif(discontinued, 'soon')::integer::boolean;
      alter table product alter discontinued set default false`,
  },
  {
    operations: [
      {
        op: 'addIndex',
        model: 'product',
        fields: ['supplier', '-price'],
        where: { discontinued: { _eq: false } },
      },
      { op: 'addIndex', model: 'product', fields: ['name', 'quantity_per_unit'], kind: 'fullText' },
    ],
    byHand: `
      create index on product (supplier, price desc) where not discontinued;
      create index on product using gin (to_tsvector('simple', name || ' ' || quantity_per_unit))`,
  },
  {
    operations: [
      add('product', { name: 'worth', type: 'computed', expression: 'price * units_in_stock', index: true }),
      add('product', {
        name: 'label',
        type: 'computed',
        expression: "upper(left(name, 4)) || ' ' || if(units_in_stock = 0, 'none', text(units_in_stock))",
      }),
    ],
    byHand: `
      alter table product
        add worth numeric generated always as (price * units_in_stock) stored,
        add label text generated always as (
          upper(left(name, 4)) || ' ' || case when units_in_stock = 0 then 'none' else units_in_stock::text end
        ) stored`,
  },
  {
    operations: [rename('product', 'units_in_stock', 'stock'), rename('product', 'worth', 'stock_worth')],
    byHand: `
      alter table product rename units_in_stock to stock;
      alter table product rename worth to stock_worth`,
  },
  {
    write: ['PATCH', 'product/17', { stock: 6, price: '40.01' }],
    byHand: 'update product set stock = 6, price = 40.01 where id = 17',
  },
  {
    operations: [
      { op: 'dropIndex', model: 'product', fields: ['name', 'quantity_per_unit'], kind: 'fullText' },
      alter('product', 'quantity_per_unit', { type: 'json' }),
    ],
    byHand: `
      drop index product_to_tsvector_idx;
      alter table product alter quantity_per_unit type jsonb using to_jsonb(quantity_per_unit)`,
  },
  {
    write: ['PATCH', 'product/2', { quantity_per_unit: { boxes: 24, of: ['bottle', 'can'], litres: 0.35 } }],
    byHand: `
      update product set quantity_per_unit = '{"boxes": 24, "of": ["bottle", "can"], "litres": 0.35}'
      where id = 2`,
  },
  {
    operations: [
      { op: 'createModel', model: 'tag', key: 'text', fields: [{ name: 'note', type: 'text' }] },
      add('product', { name: 'tags', type: 'references', to: 'tag' }),
    ],
    byHand: `
      create table tag (id text primary key, note text);
      alter table product add tags text[] not null default '{}'`,
  },
  {
    write: ['POST', 'tag', [{ id: 'new' }, { id: 'on sale', note: 'till spring' }, { id: 'ö,"x"' }]],
    byHand: `insert into tag values ('new', null), ('on sale', 'till spring'), ('ö,"x"', null)`,
  },
  {
    write: ['PATCH', 'product/3', { tags: ['on sale', 'ö,"x"', 'new'] }],
    byHand: `update product set tags = array['on sale', 'ö,"x"', 'new'] where id = 3`,
  },
  {
    write: [
      'POST',
      'product',
      [{ name: 'Rye bread', price: '4.2', stock: 2, tags: ['new'], supplier: '17', category: '5' }],
    ],
    byHand: `
      insert into product (id, name, price, stock, tags, supplier, category)
      values (78, 'Rye bread', 4.2, 2, '{new}', 17, 5)`,
  },
  {
    operations: [
      { op: 'renameModel', from: 'tag', to: 'mark' },
      rename('product', 'tags', 'marks'),
      alter('product', 'category', { index: true, onDelete: 'setNull' }),
    ],
    byHand: `
      alter table tag rename to mark;
      alter table product rename tags to marks;
      alter table product
        drop constraint product_category_fkey,
        add foreign key (category) references category on delete set null;
      create index on product (category)`,
  },
  {
    // A record that goes leaves the lists that hold it.
    write: ['DELETE', 'mark/new'],
    byHand: `
      delete from mark where id = 'new';
      update product set marks = array_remove(marks, 'new')`,
  },
  {
    models: [
      {
        name: 'category',
        key: 'bigint',
        fields: [
          { name: 'title', renamedFrom: 'name', type: 'text', required: true, maxLength: 40 },
          { name: 'summary', type: 'text' },
          { name: 'parent', type: 'reference', to: 'category', onDelete: 'setNull' },
        ],
        indexes: [{ fields: ['title'], unique: true }],
      },
    ],
    answers: { 'rename:category.description->summary': true },
    byHand: `
      alter table category rename name to title;
      alter table category rename description to summary;
      alter table category
        alter title set not null,
        add unique (title),
        add parent bigint references category on delete set null`,
  },
  {
    write: ['POST', 'category', { title: 'Bread', parent: '5' }],
    byHand: "insert into category (id, title, parent) values (9, 'Bread', 5)",
  },
  {
    write: ['PATCH', 'product/78', { category: '9' }],
    byHand: 'update product set category = 9 where id = 78',
  },
  {
    operations: [alter('product', 'category', { type: 'text', to: null, onDelete: null })],
    conversions: { 'product.category': { match: 'title' } },
    byHand: `
      alter table product drop constraint product_category_fkey;
      alter table product alter category type text;
      update product set category = c.title from category as c where c.id::text = category`,
  },
  {
    write: ['DELETE', 'category/5'],
    byHand: 'delete from category where id = 5',
  },
  {
    operations: [alter('product', 'category', { type: 'reference', to: 'category' })],
    conversions: { 'product.category': { match: 'title', onError: 'null' } },
    byHand: `
      update product set category = (select c.id::text from category as c where c.title = category);
      alter table product
        alter category type bigint using category::bigint,
        add foreign key (category) references category`,
  },
  {
    operations: [alter('product', 'quantity_per_unit', { type: 'text' })],
    byHand: `
      alter table product alter quantity_per_unit type text
        using case jsonb_typeof(quantity_per_unit)
          when 'string' then quantity_per_unit #>> '{}' else quantity_per_unit::text
        end`,
  },
  {
    operations: [
      { op: 'alignNames', model: 'product' },
      { op: 'alignNames', model: 'category' },
    ],
    byHand: '',
  },
  {
    operations: [
      drop('product', 'label'),
      drop('product', 'stock_worth'),
      alter('product', 'stock', { type: 'float' }),
      alter('product', 'price', { precision: 14 }),
    ],
    byHand: `
      alter table product drop label, drop stock_worth;
      alter table product alter stock type double precision, alter price type numeric(14, 2)`,
  },
];
