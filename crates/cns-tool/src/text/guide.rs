//! `cns guide`: the pages themselves are files.

/// What `cns guide` says beside its pages.
pub trait GuideText {
    /// The subcommand's description.
    fn guide_about(&self) -> &'static str;
    /// The name of its argument.
    fn topic_value(&self) -> &'static str;
    /// What the argument is.
    fn topic_argument(&self) -> &'static str;
    /// Over the list of pages.
    fn guide_topics(&self) -> &'static str;
    /// Under it.
    fn guide_how(&self) -> &'static str;
    /// Man pages and completions could not be written into this folder.
    fn manual_not_written(&self, folder: &str) -> String;
}
