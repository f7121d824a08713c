package diag

var explainConfig = []Explanation{
	{
		Code: 6001,
		Rule: Text{
			"probe_path என்ற அமைப்பு நிரல் ஏற்றப்படும் போது ஒருமுறை GET-ஆல் கேட்கப்படும் வழியைக் குறிக்கிறது. அப்படி ஒரு வழி இல்லாவிட்டால் எதுவும் சோதிக்கப்படாது; எனவே அந்த நிரல் ஏற்கப்படாது.",
			"The setting probe_path names the route that is asked once, by GET, when a program is loaded. Without such a route nothing would be tried, so the program is not taken.",
		},
		Wrong: reading("# etamild.toml\nprobe_path = \"/helth\"\n\n// main.qmz\nவழி பெறு, \"/health\" { பதில் 200, \"சரி\"; }\n"),
		Right: reading("# etamild.toml\nprobe_path = \"/health\"\n\n// main.qmz\nவழி பெறு, \"/health\" { பதில் 200, \"சரி\"; }\n"),
	},
	{
		Code: 6002,
		Rule: Text{
			"probe_path-இன் வழி 500-க்குக் கீழான நிலையோடு பதில் தந்தால் மட்டுமே நிரல் ஏற்கப்படும். வழி ஏன் தோற்றது என்பது பதிவில் உள்ளது.",
			"A program is taken only if the route of probe_path answers with a status below 500. Why the route failed is in the log.",
		},
		Wrong: reading("// probe_path = \"/health\"\nவழி பெறு, \"/health\" { அ = 1 / 0; பதில் 200, அ; }\n"),
		Right: reading("// probe_path = \"/health\"\nவழி பெறு, \"/health\" { பதில் 200, \"சரி\"; }\n"),
	},
}
