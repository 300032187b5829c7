"""What calls of deid's API do with objects: fields, targets, rules, cleaned objects, saved ones."""
