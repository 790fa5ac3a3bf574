# METADATA
# title: Who may do what to a product
# description: |
#   Input: {action, principal: {sub, roles, storeId}, resource: {storeId}}.
package tradewind.product

default decision := {"allow": false, "reason": "default-deny"}

decision := {"allow": false, "reason": "other-tenant"} if {
	not same_tenant
} else := {"allow": false, "reason": "unknown-action"} if {
	input.action != "override_price"
} else := {"allow": true, "reason": "admin"} if {
	"ADMIN" in input.principal.roles
} else := {"allow": false, "reason": "role"} if {
	is_array(input.principal.roles)
}

# Both ends must be named: two absent tenants are not the same tenant.
same_tenant if {
	is_string(input.principal.storeId)
	input.principal.storeId != ""
	input.principal.storeId == input.resource.storeId
}
