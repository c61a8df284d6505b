-- expand
-- How often apps and keys have asked, where several processes count together. What is full is forgotten.
create table meter (
    name text not null primary key,     -- whose bucket, and of what kind: app or key
    moment bigint not null              -- nanoseconds since 1970: when it will be full again
);
