-- The tables of Chinook, a music shop, in the capitals that its scripts give them, with a few of its rows.
create schema chinook;
set local search_path = chinook;
create table "Artist" ("ArtistId" integer not null, "Name" varchar(120), constraint "PK_Artist" primary key ("ArtistId"));
create table "Album" (
  "AlbumId" integer not null,
  "Title" varchar(160) not null,
  "ArtistId" integer not null,
  constraint "PK_Album" primary key ("AlbumId"),
  constraint "FK_AlbumArtistId" foreign key ("ArtistId") references "Artist"
);
create index "IFK_AlbumArtistId" on "Album" ("ArtistId");
create table "Genre" ("GenreId" integer not null, "Name" varchar(120), constraint "PK_Genre" primary key ("GenreId"));
create table "MediaType" ("MediaTypeId" integer not null, "Name" varchar(120), constraint "PK_MediaType" primary key ("MediaTypeId"));
create table "Track" (
  "TrackId" integer not null,
  "Name" varchar(200) not null,
  "AlbumId" integer,
  "MediaTypeId" integer not null,
  "GenreId" integer,
  "Composer" varchar(220),
  "Milliseconds" integer not null,
  "Bytes" integer,
  "UnitPrice" numeric(10, 2) not null,
  constraint "PK_Track" primary key ("TrackId"),
  constraint "FK_TrackAlbumId" foreign key ("AlbumId") references "Album",
  constraint "FK_TrackGenreId" foreign key ("GenreId") references "Genre",
  constraint "FK_TrackMediaTypeId" foreign key ("MediaTypeId") references "MediaType"
);
create index "IFK_TrackAlbumId" on "Track" ("AlbumId");
create table "Playlist" ("PlaylistId" integer not null, "Name" varchar(120), constraint "PK_Playlist" primary key ("PlaylistId"));
create table "PlaylistTrack" (
  "PlaylistId" integer not null references "Playlist",
  "TrackId" integer not null references "Track",
  constraint "PK_PlaylistTrack" primary key ("PlaylistId", "TrackId")
);
create table "Employee" (
  "EmployeeId" integer not null,
  "LastName" varchar(20) not null,
  "FirstName" varchar(20) not null,
  "Title" varchar(30),
  "ReportsTo" integer,
  "BirthDate" timestamp,
  "HireDate" timestamp,
  "Email" varchar(60),
  constraint "PK_Employee" primary key ("EmployeeId"),
  constraint "FK_EmployeeReportsTo" foreign key ("ReportsTo") references "Employee"
);
create table "Customer" (
  "CustomerId" integer not null,
  "FirstName" varchar(40) not null,
  "LastName" varchar(20) not null,
  "Company" varchar(80),
  "Country" varchar(40),
  "Email" varchar(60) not null,
  "SupportRepId" integer,
  constraint "PK_Customer" primary key ("CustomerId"),
  constraint "FK_CustomerSupportRepId" foreign key ("SupportRepId") references "Employee"
);
create table "Invoice" (
  "InvoiceId" integer not null,
  "CustomerId" integer not null,
  "InvoiceDate" timestamp not null,
  "BillingCountry" varchar(40),
  "Total" numeric(10, 2) not null,
  constraint "PK_Invoice" primary key ("InvoiceId"),
  constraint "FK_InvoiceCustomerId" foreign key ("CustomerId") references "Customer"
);
create table "InvoiceLine" (
  "InvoiceLineId" integer not null,
  "InvoiceId" integer not null,
  "TrackId" integer not null,
  "UnitPrice" numeric(10, 2) not null,
  "Quantity" integer not null,
  constraint "PK_InvoiceLine" primary key ("InvoiceLineId"),
  constraint "FK_InvoiceLineInvoiceId" foreign key ("InvoiceId") references "Invoice",
  constraint "FK_InvoiceLineTrackId" foreign key ("TrackId") references "Track"
);
insert into "Artist" values (1, 'AC/DC'), (2, 'Accept');
insert into "Album" values (1, 'For Those About To Rock We Salute You', 1), (2, 'Balls to the Wall', 2);
insert into "Genre" values (1, 'Rock');
insert into "MediaType" values (1, 'MPEG audio file');
insert into "Track" values
  (1, 'For Those About To Rock (We Salute You)', 1, 1, 1, 'Angus Young, Malcolm Young, Brian Johnson', 343719, 11170334, 0.99),
  (2, 'Balls to the Wall', 2, 1, 1, null, 342562, 5510424, 0.99);
insert into "Playlist" values (1, 'Music');
insert into "PlaylistTrack" values (1, 1), (1, 2);
insert into "Employee" values (1, 'Adams', 'Andrew', 'General Manager', null, '1962-02-18', '2002-08-14', 'andrew@chinookcorp.com'),
  (2, 'Edwards', 'Nancy', 'Sales Manager', 1, '1958-12-08', '2002-05-01', 'nancy@chinookcorp.com');
insert into "Customer" values (1, 'Luís', 'Gonçalves', 'Embraer', 'Brazil', 'luisg@embraer.com.br', 2);
insert into "Invoice" values (98, 1, '2022-03-11', 'Brazil', 3.98);
insert into "InvoiceLine" values (529, 98, 1, 1.99, 1), (530, 98, 2, 1.99, 1);
do $$
declare
  one record;
begin
  grant usage, create on schema chinook to remodel_migrator;
  grant usage on schema chinook to remodel_edge;
  for one in select tablename from pg_tables where schemaname = 'chinook' loop
    execute format('alter table chinook.%I owner to remodel_migrator', one.tablename);
  end loop;
end
$$;
