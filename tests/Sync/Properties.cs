// Git over http and ssh, and its network child, are processes: so is nearly every test here.
[assembly: Trait("starts", "processes")]
