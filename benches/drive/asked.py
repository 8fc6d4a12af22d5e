"""A model of what the calls of a soak asked for: what each person's contact in the CRM may hold.

A person has an e-mail and a phone of their own, and every value is asked for once. A call claims, when it is answered, what
the contact holds now, or may hold. Claims of calls that ran at the same time are applied together when the last of them has
ended.
"""

import collections

CUSTOM = "Job Title"
FIELDS = ("email", "phone", "firstName", "city", CUSTOM)
# A warning with one of these leaves open whether all is stored.
UNPROVEN = ("could not be verified", "may still", "was not written")


class Person:
    def __init__(self, number):
        self.email, self.phone = f"soak{number}@example.com", f"+1212555{number:04}"
        self.name, self.id = f"p{number}", None
        self.may = {field: {None} for field in FIELDS}
        self.may["email"] = {self.email}
        self.tags, self.may_tags = set(), set()
        self.exists = self.may_exist = False
        self.running, self.calls, self.claims = 0, 0, []
        self.ids, self.history = set(), collections.deque(maxlen=6)

    def has_phone(self):
        return self.exists and self.may["phone"] == {self.phone}

    def begin(self):
        self.running += 1
        self.calls += 1

    def end(self, claims):
        self.running -= 1
        self.claims += claims
        if not self.running:
            self.apply()
            self.calls, self.claims = 0, []

    def apply(self):
        holds = collections.defaultdict(set)
        for claim, *what in self.claims:
            if claim == "holds":
                holds[what[0]].add(what[1])
            elif claim == "tagged":
                self.tags.add(what[0])
                self.may_tags.add(what[0])
            elif claim == "may be tagged":
                self.may_tags.add(what[0])
            elif claim == "exists":
                self.exists = self.may_exist = True
            elif claim == "may exist":
                self.may_exist = True
            elif claim == "id":
                self.ids.add(what[0])
        self.may.update(holds)
        for claim, *what in self.claims:
            if claim == "may hold":
                self.may[what[0]].add(what[1])

    def wrong(self, contacts, custom):
        """What is wrong with the contacts of this person, as a list of texts. What the CRM holds is then known."""
        if not contacts:
            return ["was written and is not there"] if self.exists else []
        if not self.may_exist:
            return ["was created by no call"]
        if len(contacts) > 1:
            return [f"has {len(contacts)} contacts"]
        contact, wrong = contacts[0], []
        values = {item["id"]: item["value"] for item in contact.get("customFields", [])}
        for field, may in self.may.items():
            held = (values.get(custom) if field == CUSTOM else contact.get(field)) or None
            if held not in may:
                wrong.append(f"{field} is {held!r}; by what was asked it is one of {may}")
            self.may[field] = {held}
        tags = set(contact["tags"])
        if self.tags - tags:
            wrong.append(f"does not have {self.tags - tags}, which a call named as added")
        if tags - self.may_tags:
            wrong.append(f"has {tags - self.may_tags}, which no call asked for")
        if self.ids - {contact["id"]}:
            wrong.append(f"answers name {self.ids - {contact['id']}}, and the contact is {contact['id']}")
        self.tags, self.ids, self.id, self.exists = tags | self.tags, set(), contact["id"], True
        self.may_tags |= tags
        return wrong


def asked(arguments):
    """The values that an upsert asks for, by their fields."""
    values = {field: arguments[field] for field in ("phone", "firstName", "city") if field in arguments}
    values |= {CUSTOM: item["value"] for item in arguments.get("customFields", [])}
    return values | {field: None for field in arguments.get("clear", [])}


def maybe(tool, arguments):
    claims = [("may hold", field, value) for field, value in asked(arguments).items()]
    claims += [("may be tagged", tag) for tag in arguments.get("tags", [])]
    return claims + ([("may exist",)] if tool == "ghl_upsert_contact" else [])


def claims_of(tool, arguments, failed, answer, known, custom):
    """What an answer claims about one person of the call. `known` is the id of their contact, in a call of many."""
    if tool == "ghl_search_contacts":
        return []
    if tool == "ghl_get_contact":
        return [] if failed else [("id", answer["contact"]["id"])]
    if failed:
        return [] if answer.get("mayHaveWritten") == "no" else maybe(tool, arguments)
    if tool == "ghl_add_tags":
        claims = maybe(tool, arguments)
        for line in answer["contacts"]:
            if known in (None, line["contactId"]):
                tags = [*line.get("added", []), *line.get("alreadyPresent", [])]
                claims += [("id", line["contactId"]), *(("tagged", tag) for tag in tags)]
        return claims
    return upserted(arguments, answer, custom)


def upserted(arguments, receipt, custom):
    # Where the definitions cannot be read, a custom field is named by its id.
    names = {item["field"] for item in receipt["notStored"]} | set(receipt.get("unverified", []))
    names |= {CUSTOM} if custom in names else set()
    unproven = any(word in warning for word in UNPROVEN for warning in receipt["warnings"])
    claims = [("exists",), ("id", receipt["contact"]["id"])]
    for field, value in asked(arguments).items():
        # HighLevel leaves out what is blank: a value that an odd answer left out looks blank, and no client can tell.
        doubtful = unproven or field in names or value is None
        claims.append(("may hold" if doubtful else "holds", field, value))
    doubtful = unproven or "tags" in names
    return claims + [("may be tagged" if doubtful else "tagged", tag) for tag in arguments.get("tags", [])]
