package demo

// topic is a question that applications ask often.
type topic struct {
	feature, instruction, question, answer string
	address                                string // an e-mail address that the question has, which redaction replaces
}

const supportDesk = "You answer customers of a parcel service, briefly and kindly."

var topics = []topic{
	{"support", supportDesk, "Where is my parcel 4711?", "Parcel 4711 left the depot this morning and arrives today before six.", ""},
	{"support", supportDesk, "How do I send a lamp back?", "Print the label in your account, put it on the box, and bring it to any shop within 30 days.", ""},
	{"support", supportDesk, "The delivery is late. Please write to", "I have written the message: the delivery is late, and the new date is Thursday.", "ada@example.com"},
	{"support", supportDesk, "Change the contact of my account to", "The contact of your account is changed. A message to confirm it is on its way.", "grace@example.org"},
	{"support", supportDesk, "Can I choose another day for the delivery?", "Yes: open the parcel in your account, and choose any of the next five working days.", ""},
	{"summaries", "Sum up in one sentence.", "The customer waited nine days, called three times and was told a different date each time.", "A customer got three different dates in nine days of waiting.", ""},
	{"summaries", "Sum up in one sentence.", "The meeting moved the launch to May, because the test of the label printer is not done.", "The launch moves to May, after the test of the label printer.", ""},
	{"translation", "Translate into French.", "The parcel is on its way.", "Le colis est en route.", ""},
	{"translation", "Translate into German.", "Please sign here.", "Bitte hier unterschreiben.", ""},
	{"search", "Return the words to search for.", "a warm lamp for reading in bed", "reading lamp, warm white, clip-on", ""},
	{"search", "Return the words to search for.", "something to carry a bicycle on a car", "bicycle carrier, tow bar, roof rack", ""},
	{"classification", "Answer with one word: complaint, question or praise.", "Third time this month that nobody rang the bell!", "complaint", ""},
}

// task is what a coding agent is asked for, with the steps that it repeats.
type task struct {
	ask    string
	steps  []step
	result string
}

// step is a turn in which the agent calls a tool.
type step struct{ tool, says string }

var tasks = []task{
	{"The test of the label printer fails on Mondays. Find out why and mend it.", []step{
		{"Grep", "I look for where the weekday is read."}, {"Read", "The date is parsed in the local time zone. I read its callers."},
		{"Edit", "I parse the date in UTC."}, {"Bash", "I run the tests of the package."}},
		"The date was parsed in the local time zone. It is parsed in UTC now, and the test passes for each weekday."},
	{"Add a field for the depot to the parcel's page.", []step{
		{"Read", "I read the page and its form."}, {"Edit", "I add the field and its label."}, {"Bash", "I run the type checker."}},
		"The page shows the depot. It is empty for parcels that have not reached one."},
	{"Make the search for addresses faster.", []step{
		{"Bash", "I measure the search."}, {"Read", "I read the query."}, {"Write", "I write a migration with an index on the postal code."}, {"Bash", "I measure again."}},
		"An index on the postal code makes the search thirty times faster on the test data."},
}
