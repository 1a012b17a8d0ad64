import { add, alter, drop, type Entry, rename } from './entry.ts';

/** Who delivers: a record that is hardly one, and fields that take one type after another. */
export const SUPPLIERS: readonly Entry[] = [
  {
    operations: [alter('supplier', 'city', { required: true })],
    backfill: { 'supplier.city': 'unknown' },
    byHand: `
      update supplier set city = 'unknown' where city is null;
      alter table supplier alter city set not null`,
  },
  {
    operations: [alter('supplier', 'region', { maxLength: 20 })],
    conversions: { 'supplier.region': { map: { NULL: null } } },
    byHand: "update supplier set region = null where region = 'NULL'",
  },
  {
    operations: [alter('supplier', 'country', { type: 'reference', to: 'country' })],
    conversions: { 'supplier.country': { match: 'name' } },
    byHand: `
      alter table supplier add country_id bigint references country;
      update supplier set country_id = country.id from country where country.name = supplier.country;
      alter table supplier drop country;
      alter table supplier rename country_id to country`,
  },
  {
    operations: [alter('supplier', 'phone', { type: 'bigint' })],
    conversions: { 'supplier.phone': { map: { '(171) 555-2222': '1715552222' }, onError: 'null' } },
    byHand: `
      update supplier set phone = '1715552222' where phone = '(171) 555-2222';
      alter table supplier alter phone type bigint
        using case when phone ~ '^[0-9]+$' then phone::bigint end`,
  },
  {
    write: ['PATCH', 'supplier/2', { phone: '9223372036854775807' }],
    byHand: 'update supplier set phone = 9223372036854775807 where id = 2',
  },
  {
    operations: [
      add('supplier', { name: 'since', type: 'date', default: '1996-07-04' }),
      add('supplier', { name: 'opens', type: 'time', default: '08:30' }),
      add('supplier', { name: 'takes', type: 'text', default: 'P2D' }),
      add('supplier', { name: 'token', type: 'text', default: '01A1FCFD-F06B-7A95-853E-8466BEEE6744' }),
    ],
    byHand: `
      alter table supplier
        add since date default '1996-07-04',
        add opens time default '08:30',
        add takes text default 'P2D',
        add token text default '01A1FCFD-F06B-7A95-853E-8466BEEE6744'`,
  },
  {
    operations: [alter('supplier', 'phone', { type: 'decimal' })],
    byHand: 'alter table supplier alter phone type numeric',
  },
  {
    write: ['PATCH', 'supplier/3', { since: '1996-02-29', opens: '09:15:30.25', takes: 'P1M' }],
    byHand: `
      update supplier set since = '1996-02-29', opens = '09:15:30.25', takes = 'P1M' where id = 3`,
  },
  {
    operations: [
      alter('supplier', 'since', { type: 'timestamp', default: null }),
      alter('supplier', 'opens', { type: 'text', default: null }),
      alter('supplier', 'takes', { type: 'interval', default: 'P3D' }),
      alter('supplier', 'token', { type: 'uuid', default: null }),
    ],
    byHand: `
      alter table supplier
        alter since drop default,
        alter since type timestamptz using since::timestamptz,
        alter opens drop default,
        alter opens type text,
        alter takes drop default,
        alter takes type interval using takes::interval,
        alter token drop default,
        alter token type uuid using token::uuid;
      alter table supplier alter takes set default 'P3D'`,
  },
  {
    operations: [
      { op: 'renameModel', from: 'supplier', to: 'vendor' },
      rename('product', 'supplier', 'vendor'),
    ],
    byHand: `
      alter table supplier rename to vendor;
      alter table product rename supplier to vendor`,
  },
  {
    write: ['POST', 'vendor', { company_name: 'Nouveau', city: 'Lyon', since: '2001-01-01T00:00:00+01:00' }],
    byHand: `
      insert into vendor (id, company_name, city, since) values (31, 'Nouveau', 'Lyon', '2000-12-31 23:00Z')`,
  },
  {
    write: ['DELETE', 'vendor/30'],
    byHand: 'delete from vendor where id = 30',
  },
  {
    operations: [alter('vendor', 'since', { type: 'date' }), alter('vendor', 'opens', { type: 'time' })],
    byHand: `
      alter table vendor
        alter since type date using since::date,
        alter opens type time using opens::time`,
  },
  {
    operations: [alter('vendor', 'contact_title', { maxLength: 30, required: true })],
    backfill: { 'vendor.contact_title': 'Owner' },
    byHand: `
      update vendor set contact_title = 'Owner' where contact_title is null;
      alter table vendor alter contact_title set not null, add check (char_length(contact_title) <= 30)`,
  },
  {
    operations: [
      alter('vendor', 'token', { type: 'json' }),
      alter('vendor', 'since', { type: 'text' }),
      alter('vendor', 'takes', { type: 'text', default: null }),
      drop('vendor', 'phone'),
    ],
    byHand: `
      alter table vendor alter takes drop default;
      alter table vendor
        alter token type jsonb using to_jsonb(token),
        alter since type text,
        alter takes type text,
        drop phone`,
  },
  {
    operations: [
      { op: 'createModel', model: 'note', fields: [{ name: 'about', type: 'reference', to: 'vendor' }] },
    ],
    byHand: 'create table note (id uuid primary key, about bigint references vendor)',
  },
  {
    write: ['PUT', 'note/01a1fcfd-f06b-7a95-853e-8466beee6744', { about: '4' }],
    byHand: "insert into note values ('01a1fcfd-f06b-7a95-853e-8466beee6744', 4)",
  },
  {
    operations: [
      alter('note', 'about', { onDelete: 'cascade' }),
      add('note', { name: 'words', type: 'text', required: true }),
    ],
    backfill: { 'note.words': 'call back' },
    byHand: `
      alter table note
        drop constraint note_about_fkey,
        add foreign key (about) references vendor on delete cascade,
        add words text;
      update note set words = 'call back'`,
  },
  {
    operations: [{ op: 'changeKey', model: 'note', key: 'text' }],
    byHand: 'alter table note alter id type text',
  },
  {
    write: ['PUT', 'note/second', { about: '5', words: 'new prices' }],
    byHand: "insert into note values ('second', 5, 'new prices')",
  },
  {
    operations: [{ op: 'dropModel', model: 'note' }],
    byHand: 'drop table note',
  },
];
