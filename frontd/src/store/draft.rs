use std::{
    fs,
    io::{self, Write as _},
    os::unix::fs::FileExt as _,
    path::PathBuf,
};

use super::{Areas, Name, Store, StoreError};

/// A file being written, in the temp folder. Gone when it is dropped unpublished.
#[derive(Debug)]
pub struct Draft {
    store: Store,
    path: PathBuf,
    file: fs::File,
    /// Reserved in the temp folder…
    bytes: u64,
    /// …and in the output folder too, if the file is bound to go there.
    for_output: bool,
}

impl Draft {
    pub(super) fn new(store: Store, for_output: bool) -> Result<Self, StoreError> {
        let name = Name::draft();
        let mut areas = store.lock();
        let file = areas.temp.create(&name)?;
        let path = areas.temp.path(&name);
        drop(areas);
        Ok(Self {
            store,
            path,
            file,
            bytes: 0,
            for_output,
        })
    }

    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Another file of the same kind in the same folders.
    ///
    /// # Errors
    /// When the temp folder cannot be written.
    pub fn another(&self) -> Result<Self, StoreError> {
        Self::new(self.store.clone(), self.for_output)
    }

    /// A file beside this one that is only written and read back.
    ///
    /// # Errors
    /// When the temp folder cannot be written.
    pub fn scratch(&self) -> Result<Self, StoreError> {
        Self::new(self.store.clone(), false)
    }

    /// Appends. Makes room first, in the temp folder and, if the file is bound to go there, in the output folder.
    ///
    /// # Errors
    /// When there is no room or the disk fails; the draft is then good for nothing but being dropped.
    pub fn write(&mut self, bytes: &[u8]) -> Result<(), StoreError> {
        let count = bytes.len() as u64;
        let mut areas = self.store.lock();
        areas.temp.reserve(count)?;
        if self.for_output
            && let Err(error) = areas.output.reserve(count)
        {
            areas.temp.release(count);
            return Err(error);
        }
        drop(areas);
        self.bytes += count;
        let written = self.file.write_all(bytes);
        self.checked(written)
    }

    /// Writes over bytes that were written before, from `at` on.
    ///
    /// # Errors
    /// When the disk fails, or there are none.
    pub fn write_over(&mut self, at: u64, bytes: &[u8]) -> Result<(), StoreError> {
        let written = if at + bytes.len() as u64 <= self.bytes {
            self.file.write_all_at(bytes, at)
        } else {
            Err(io::ErrorKind::InvalidInput.into())
        };
        self.checked(written)
    }

    /// Reads back into `buffer` from byte `at` on. Returns how many bytes came, 0 at the end.
    ///
    /// # Errors
    /// When the disk fails.
    pub fn read(&self, buffer: &mut [u8], at: u64) -> Result<usize, StoreError> {
        let read = self.file.read_at(buffer, at);
        self.checked(read)
    }

    /// Moves the file to the output folder, where it can be read from now on.
    ///
    /// # Errors
    /// When the output folder cannot be written.
    pub fn publish(mut self, name: Name) -> Result<(), StoreError> {
        let store = self.store.clone();
        let mut areas = store.lock();
        self.release(&mut areas);
        let adopted = areas.output.adopt(&self.path, name);
        // Dropping needs the lock.
        drop(areas);
        adopted
    }

    fn release(&mut self, areas: &mut Areas) {
        areas.temp.release(self.bytes);
        if self.for_output {
            areas.output.release(self.bytes);
        }
        self.bytes = 0;
    }

    fn checked<T>(&self, result: io::Result<T>) -> Result<T, StoreError> {
        result.map_err(|error| self.store.lock().temp.failed(error))
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        // After publishing there is nothing there any more.
        let _ = fs::remove_file(&self.path);
        let store = self.store.clone();
        self.release(&mut store.lock());
    }
}
