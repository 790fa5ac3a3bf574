# METADATA
# title: Who may do what to an order
# description: |
#   Input: {action, principal: {sub, roles, storeId}, resource: {ownerId, storeId, status, requestedBy?}}.
#   Reasons are stable words; `other-tenant` and `not-owner` are shown to clients as 404. Whether the order's state
#   allows it is the order's business, but for `cancel`, where it decides who may.
package tradewind.order

default decision := {"allow": false, "reason": "default-deny"}

decision := {"allow": false, "reason": "other-tenant"} if {
	not same_tenant
} else := cancel if {
	input.action == "cancel"
} else := request_return if {
	input.action == "request_return"
} else := by_staff if {
	staff[input.action]
} else := {"allow": false, "reason": "unknown-action"} if {
	not input.action in {"cancel", "request_return"}
	not staff[input.action]
}

cancel := {"allow": true, "reason": "admin"} if {
	"ADMIN" in input.principal.roles
	input.resource.status in {"PENDING", "PAID"}
} else := {"allow": true, "reason": "system"} if {
	"SERVICE" in input.principal.roles
	input.resource.status == "PENDING"
} else := {"allow": true, "reason": "owner"} if {
	"CUSTOMER" in input.principal.roles
	owner
	input.resource.status == "PENDING"
} else := {"allow": false, "reason": "status"} if {
	some role in input.principal.roles
	role in {"ADMIN", "SERVICE"}
} else := {"allow": false, "reason": "status"} if {
	"CUSTOMER" in input.principal.roles
	owner
} else := {"allow": false, "reason": "not-owner"} if {
	"CUSTOMER" in input.principal.roles
} else := {"allow": false, "reason": "role"} if {
	is_array(input.principal.roles)
}

# The owner sends things back; staff may ask for them.
request_return := {"allow": true, "reason": "staff"} if {
	some role in input.principal.roles
	role in {"ADMIN", "MERCHANT"}
} else := {"allow": true, "reason": "owner"} if {
	"CUSTOMER" in input.principal.roles
	owner
} else := {"allow": false, "reason": "not-owner"} if {
	"CUSTOMER" in input.principal.roles
} else := {"allow": false, "reason": "role"} if {
	is_array(input.principal.roles)
}

# What only staff does, and who of them.
staff := {
	"approve_cancellation": {"ADMIN"},
	"reject_cancellation": {"ADMIN"},
	"approve_return": {"ADMIN", "MERCHANT"},
	"reject_return": {"ADMIN", "MERCHANT"},
	"refund": {"ADMIN", "MERCHANT"},
}

by_staff := {"allow": false, "reason": "role"} if {
	is_array(input.principal.roles)
	count({role | some role in input.principal.roles; role in staff[input.action]}) == 0
} else := {"allow": false, "reason": "self"} if {
	input.action == "approve_cancellation"
	not second_person
} else := {"allow": true, "reason": "staff"} if {
	some role in input.principal.roles
	role in staff[input.action]
}

# Somebody with a name that is not that of who asked.
second_person if {
	named
	input.principal.sub != input.resource.requestedBy
}

named if {
	is_string(input.principal.sub)
	input.principal.sub != ""
}

# Both ends must be named: two absent tenants are not the same tenant.
same_tenant if {
	is_string(input.principal.storeId)
	input.principal.storeId != ""
	input.principal.storeId == input.resource.storeId
}

owner if {
	named
	input.principal.sub == input.resource.ownerId
}
