//! Which application permissions allow which call ("Microsoft Graph permissions reference"): the least one and those above.

/// Users, their changes, their managers and deleted ones.
pub(super) const USERS: &[&str] =
    &["User.Read.All", "User.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"];

/// The changes of groups.
pub(super) const GROUP_CHANGES: &[&str] = &[
    "Group.ReadBasic.All",
    "GroupMember.Read.All",
    "GroupMember.ReadWrite.All",
    "Group.Read.All",
    "Group.ReadWrite.All",
    "Directory.Read.All",
    "Directory.ReadWrite.All",
];

/// Groups.
pub(super) const GROUPS: &[&str] = &[
    "GroupMember.Read.All",
    "GroupMember.ReadWrite.All",
    "Group.Read.All",
    "Group.ReadWrite.All",
    "Directory.Read.All",
    "Directory.ReadWrite.All",
];

/// Members of groups.
pub(super) const MEMBERS: &[&str] = &[
    "GroupMember.ReadBasic.All",
    "GroupMember.Read.All",
    "GroupMember.ReadWrite.All",
    "Group.Read.All",
    "Group.ReadWrite.All",
    "Directory.Read.All",
    "Directory.ReadWrite.All",
];

/// Service principals and who is assigned to them.
pub(super) const APPLICATIONS: &[&str] =
    &["Application.Read.All", "Application.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"];

/// Provisioning jobs.
pub(super) const SYNCHRONIZATION: &[&str] = &["Synchronization.Read.All", "Synchronization.ReadWrite.All"];
