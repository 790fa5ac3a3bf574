# METADATA
# title: Who may do what to an order
# description: |
#   Input: {action, principal: {sub, roles, storeId}, resource: {ownerId, storeId, status}}.
#   Reasons are stable words; `other-tenant` and `not-owner` are shown to clients as 404.
package tradewind.order

default decision := {"allow": false, "reason": "default-deny"}

decision := {"allow": false, "reason": "other-tenant"} if {
	not same_tenant
} else := {"allow": false, "reason": "unknown-action"} if {
	input.action != "cancel"
} else := {"allow": true, "reason": "admin"} if {
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

# Both ends must be named: two absent tenants are not the same tenant.
same_tenant if {
	is_string(input.principal.storeId)
	input.principal.storeId != ""
	input.principal.storeId == input.resource.storeId
}

owner if {
	is_string(input.principal.sub)
	input.principal.sub != ""
	input.principal.sub == input.resource.ownerId
}
