-- Permissions, roles and what they give (ADR 0026).

-- The catalogue of the installation, written from the code when the service starts: no store_id.
create table permissions (
  permission  text primary key,
  description text not null
);

-- Built-in roles are the code's and the same in every tenant; a custom one narrows a built-in one.
create table roles (
  store_id    text        not null references stores,
  role        text        not null check (role ~ '^[A-Z][A-Z0-9-]{1,39}$'),
  description text        not null,
  base        text,
  built_in    boolean     not null,
  version     integer     not null default 1,
  created_at  timestamptz not null default now(),
  updated_at  timestamptz not null default now(),
  primary key (store_id, role),
  check (built_in = (base is null))
);
call tradewind_isolate('roles');

create table role_permissions (
  store_id   text not null,
  role       text not null,
  permission text not null references permissions,
  primary key (store_id, role, permission),
  foreign key (store_id, role) references roles on delete cascade
);
call tradewind_isolate('role_permissions');
